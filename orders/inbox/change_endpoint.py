"""Whose waybills a partner may report on, from where, and whether it is heard at all: changed later, each time with an
entry in the log. `by` None: an operator at the command line."""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from orders.inbox.errors import EveryNetwork, HostBits, NoNetwork
from orders.inbox.models import Endpoint, PartnerApi

OPERATOR = "command line"
MAPPED = 96  # bits before the IPv4 address in an IPv6 one


def bind_endpoint(endpoint: Endpoint, carriers: Sequence[str], *, by: User | None, now: datetime) -> Endpoint:
    """`carriers` as sellers write them; none: any carrier's. What was parked for it can then be worked on again, and of
    shipments under way those it now reports on are noted. The same again changes nothing."""
    wanted = list(carriers)
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.carriers != wanted:
            before, row.carriers = row.carriers, wanted
            row.save(update_fields=["carriers"])
            PartnerApi.objects.filter(endpoint=row).update(noted_to=0)
            _keep(row, "partner.bound", by, now, carriers=wanted, before=before)
    return row


def fence_endpoint(endpoint: Endpoint, networks: Sequence[str], *, by: User | None, now: datetime) -> Endpoint:
    """From where its messages and its program's calls are taken; `networks` as `read_networks` gives them, none: from
    anywhere. The same again changes nothing."""
    wanted = "\n".join(networks)
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.networks != wanted:
            before, row.networks = row.networks, wanted
            row.save(update_fields=["networks"])
            _keep(row, "partner.fenced", by, now, networks=list(networks), before=before.splitlines())
    return row


def read_networks(lines: Iterable[str]) -> list[str]:
    """Addresses and networks (IPv4 or IPv6) as CIDR, each once. Raises NoNetwork, HostBits, EveryNetwork."""
    return list(dict.fromkeys(str(_network(line)) for line in map(str.strip, lines) if line))


def _network(line: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """IPv4 within IPv6 (::ffff:0:0/96, RFC 4291) as the IPv4 it is, as callers are compared."""
    try:
        found = ipaddress.ip_network(line, strict=False)
        written = ipaddress.ip_address(line.partition("/")[0])
    except ValueError as error:
        raise NoNetwork(line=line[:60]) from error
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    if mapped is not None and found.prefixlen >= MAPPED:
        found = ipaddress.ip_network((mapped, found.prefixlen - MAPPED))
        written = getattr(written, "ipv4_mapped", written)
    if found.prefixlen == 0:
        raise EveryNetwork(line=line[:60])
    if written != found.network_address:
        raise HostBits(line=line[:60], network=str(found))
    return found


def switch_endpoint(endpoint: Endpoint, *, is_active: bool, by: User | None, now: datetime) -> Endpoint:
    """Closed: what it posts is answered 404, its phone pages and its program's calls are over, and it is not called;
    what it told stays, and so do its keys, for when it is opened again. The same again changes nothing."""
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.is_active != is_active:
            row.is_active = is_active
            row.save(update_fields=["is_active"])
            _keep(row, "partner.opened" if is_active else "partner.closed", by, now)
    return row


def _keep(endpoint: Endpoint, action: str, by: User | None, now: datetime, **details: list[str]) -> None:
    record_act(
        actor=by or OPERATOR,
        action=action,
        subject_kind="endpoint",
        subject_id=endpoint.pk,
        now=now,
        **details,
    )
