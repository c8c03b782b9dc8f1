"""Our account at a partner's own API: set by officers, read where the partner is called."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.common.http import Forbidden, check_url
from market.common.sealing import seal, unseal
from orders.actions.register_tracking import carrier_key
from orders.inbox.actions import AGGREGATORS, opened
from orders.inbox.models import Endpoint, PartnerApi
from orders.shipments.carriers.calls import Account, abilities, api_base, api_of, has_own_address

WRITTEN_KEY = re.compile(r"[!-~][ -~]{0,998}[!-~]|[!-~]")
MOST_ADDRESSES = 10


def set_partner_api(
    endpoint: Endpoint,
    *,
    is_on: bool,
    now: datetime,
    key: str = "",
    service: str = "",
    addresses: Sequence[str] = (),
    carriers: Sequence[str] | None = None,
    by: User | None = None,
) -> PartnerApi:
    """Without a `key` the one there is stays. `carriers`: whose waybills the endpoint reports on from now on, None: as
    before; a partner that knows its own waybills only is told of no other's. Effects: the breaker is forgotten, all
    shipments under way are noted anew, an entry in the log without the key. `by` None: an operator at the command line.
    Raises InvalidInput."""
    own = endpoint.carriers if carriers is None else list(carriers)
    trouble = _trouble(endpoint, key, service, addresses, own)
    with transaction.atomic():
        api = PartnerApi.objects.select_for_update().filter(endpoint=endpoint).first() or PartnerApi(endpoint=endpoint)
        if not key and not api.sealed_key:
            trouble.setdefault("key", _("Please enter the key the partner gave."))
        if trouble:
            raise InvalidInput(fields=trouble)
        if key:
            api.sealed_key = seal(key.encode())
        api.service, api.addresses, api.is_on, api.changed_at = service, list(addresses), is_on, now
        api.failures, api.paused_until = 0, None
        api.noted_to = 0 if is_on else None
        api.save()
        Endpoint.objects.filter(pk=endpoint.pk).update(carriers=own)
        if by is not None:
            record_act(
                actor=by,
                action="partner.api_on" if is_on else "partner.api_off",
                subject_kind="endpoint",
                subject_id=endpoint.pk,
                now=now,
                has_new_key=bool(key),
            )
    return api


def _trouble(
    endpoint: Endpoint, key: str, service: str, addresses: Sequence[str], carriers: Sequence[str]
) -> dict[str, str]:
    code, found = endpoint.adapter, dict[str, str]()
    if not abilities(code):
        found["is_on"] = _("How this partner is called is not known.")
        return found
    if key and not WRITTEN_KEY.fullmatch(key):
        found["key"] = _("A key has letters, digits and signs of ASCII only, at most 1000.")
    if wants_service(code) and not service:
        found["service"] = _("This partner wants to know which of its services carries.")
    if wants_carriers(code) and not carriers:
        found["carriers"] = _("Please say whose waybills it carries, as sellers write the carrier.")
    if has_own_address(code) and not 0 < len(addresses) <= MOST_ADDRESSES:
        found["addresses"] = _("Please enter one to ten addresses, each on a line of its own.")
    for address in addresses:
        try:
            parts = check_url(address)
        except Forbidden:
            parts = None
        if parts is None or parts.query or parts.fragment:
            found["addresses"] = _("Only https addresses of the public internet, such as https://api.example.com.")
    return found


def wants_service(code: str) -> bool:
    return bool(abilities(code)) and getattr(api_of(code), "WANTS_SERVICE", False) is True


def wants_carriers(code: str) -> bool:
    """It knows its own waybills only: numbers of other carriers are none of its business."""
    return code not in AGGREGATORS and bool({"poll", "subscribe"} & set(abilities(code)))


def account_of(api: PartnerApi, now: datetime) -> Account:
    """With the newest live secret, opened: for a worker's memory only."""
    code = api.endpoint.adapter
    newest = next((key for key in api.endpoint.secrets.order_by("-created_at", "-pk") if key.is_live(now)), None)
    return Account(
        base=(api.addresses[0] if has_own_address(code) else api_base(code)).rstrip("/"),
        key=unseal(api.sealed_key).decode(),
        hook=f"{settings.PUBLIC_URL}/hooks/{api.endpoint_id}/",
        secret=opened(bytes(newest.sealed)) if newest else "",
        service=api.service,
    )


def is_of(api: PartnerApi, address: str) -> bool:
    """The address stands below one that officers typed in: same scheme, host and port, no way back up."""
    try:
        asked = check_url(address)
    except Forbidden:
        return False
    if ".." in asked.path or asked.query or asked.fragment:
        return False
    return any(_stands_below(asked, urlsplit(own)) for own in api.addresses)


def _stands_below(asked: SplitResult, own: SplitResult) -> bool:
    is_there = (own.scheme, own.hostname, own.port) == (asked.scheme, asked.hostname, asked.port)
    return is_there and asked.path.startswith(own.path.rstrip("/") + "/")


def reports_on(endpoint: Endpoint, carrier: str) -> bool:
    """Whether the partner follows this carrier's waybills, as the seller wrote the carrier."""
    return not endpoint.carriers or carrier_key(carrier) in {carrier_key(name) for name in endpoint.carriers}


def silence(adapter: str) -> timedelta:
    """How long a shipment may be silent before its partner is asked: less where the partner gives up early."""
    hours = settings.MARKET_ASK_HOURS_UNRETRIED if api_of(adapter).GIVES_UP else settings.MARKET_ASK_HOURS
    return timedelta(hours=hours)
