"""Addresses for partners without software: made for one shipment or one partner, shown once, withdrawn at any time."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotFound
from market.common.ids import digest, new_secret
from market.common.plain_text import plain_code
from orders.actions.register_tracking import carrier_key
from orders.inbox.errors import LinkOver, NotCarriersOwn, TooManyLinks
from orders.inbox.models import Endpoint, ReportLink
from orders.shipments.models import Shipment

# The endpoint sellers' links report to. It has no key, so that nothing can be posted to it at /hooks/.
PHONE_PAGES = "phone-pages"
SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
MOST_LIVE = 20
LONGEST_DAYS = 366
ENTERED_WITHIN = timedelta(minutes=15)


def link_address(secret: str) -> str:
    """Without a language, for paper: the phone's is taken."""
    return f"{settings.PUBLIC_URL}/d/{secret}"


def make_shipment_link(
    shipment: Shipment, *, name: str, days: int, shows_address: bool, by: User, now: datetime
) -> tuple[ReportLink, str]:
    """The link and the secret of its address, which is shown this once. Raises TooManyLinks, InvalidInput."""
    endpoint, _made = Endpoint.objects.get_or_create(
        pk=PHONE_PAGES, defaults={"adapter": "standard", "name": "Phone pages of sellers", "created_at": now}
    )
    link = ReportLink(endpoint=endpoint, shipment=shipment, shows_address=shows_address)
    return _save(link, name=name, days=days, by=by, now=now, subject=("shipment", shipment.number))


def make_partner_link(
    endpoint: Endpoint, *, name: str, carriers: Sequence[str], days: int, by: User, now: datetime
) -> tuple[ReportLink, str]:
    """For every waybill of these carriers, which must be the partner's own. Raises NotCarriersOwn, TooManyLinks,
    InvalidInput."""
    if not carriers:
        raise InvalidInput(fields={"carriers": "–"})
    own = {carrier_key(carrier) for carrier in endpoint.carriers}
    for carrier in carriers:
        if own and carrier_key(carrier) not in own:
            raise NotCarriersOwn(name=carrier)
    link = ReportLink(endpoint=endpoint, carriers=list(carriers))
    return _save(link, name=name, days=days, by=by, now=now, subject=("endpoint", endpoint.pk))


def _save(
    link: ReportLink, *, name: str, days: int, by: User, now: datetime, subject: tuple[str, str]
) -> tuple[ReportLink, str]:
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(fields={"days": str(days)})
    secret = new_secret(24)
    link.digest, link.name, link.made_by = digest(secret), name, by
    link.created_at, link.expires_at = now, now + timedelta(days=days)
    with transaction.atomic():
        Endpoint.objects.select_for_update().get(pk=link.endpoint_id)  # two at once must not pass the limit together
        beside = ReportLink.objects.filter(endpoint=link.endpoint, shipment=link.shipment)
        if beside.filter(withdrawn_at=None, expires_at__gt=now).count() >= MOST_LIVE:
            raise TooManyLinks(most=MOST_LIVE)
        link.save()
        _log("link.made", link, by=by, now=now, subject=subject)
    return link, secret


def withdraw_link(link: ReportLink, *, by: User, now: datetime) -> None:
    """At once and for ever; what came by it stays. Twice changes nothing."""
    with transaction.atomic():
        if ReportLink.objects.filter(pk=link.pk, withdrawn_at=None).update(withdrawn_at=now):
            subject = ("shipment", link.shipment.number) if link.shipment else ("endpoint", link.endpoint_id)
            _log("link.withdrawn", link, by=by, now=now, subject=subject)


def _log(action: str, link: ReportLink, *, by: User, now: datetime, subject: tuple[str, str]) -> None:
    kind, identifier = subject
    record_act(
        actor=by, action=action, subject_kind=kind, subject_id=identifier, now=now, link=link.pk, given_to=link.name
    )


def find_link(secret: str, *, now: datetime) -> ReportLink:
    """With its shipment and endpoint, in one statement. Raises NotFound, LinkOver."""
    if not SECRET.fullmatch(secret):
        raise NotFound()
    link = (
        ReportLink.objects.select_related(
            "endpoint", "shipment__seller_order__purchase", "shipment__seller_order__enterprise"
        )
        .filter(digest=digest(secret))
        .first()
    )
    if link is None or not link.endpoint.is_active:
        raise NotFound()
    if not link.is_live(now):
        raise LinkOver()
    return link


def is_entering(link: ReportLink, now: datetime) -> bool:
    """Whether what came by the link of a shipment has been taken and no worker has been at it yet. Asks nothing: what
    has been worked on was heard of then. After a quarter of an hour it was refused, or waits for a person."""
    taken = link.last_used_at
    if link.shipment is None or taken is None or now - taken > ENTERED_WITHIN:
        return False
    return link.shipment.heard_at is None or link.shipment.heard_at < taken


def shipments_under(link: ReportLink, waybill: str, *, most: int = 20) -> list[Shipment]:
    """What a link lets its holder see: its own shipment, or those of its carriers with this waybill."""
    if link.shipment is not None:
        return [link.shipment]
    waybill = plain_code(waybill)
    if not waybill:
        return []
    named = Shipment.objects.filter(Q(waybill=waybill) | Q(parcels__number=waybill)).distinct()
    own = {carrier_key(carrier) for carrier in link.carriers}
    found = named.select_related("seller_order__purchase", "seller_order__enterprise").order_by("-pk")[:200]
    return [shipment for shipment in found if carrier_key(shipment.carrier) in own][:most]
