"""DHL asks whether a subscription is ours: we answer with the secret it sent (carriers.md, 3.8)."""

import re

from market.common.http import Answer, call
from market.common.sealing import unseal
from orders.inbox.models import InboxEvent
from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.calls import Request
from orders.shipments.carriers.dhl_unified_push import SUBSCRIPTIONS, parse
from orders.shipments.carriers.values import read_json, text

DHL = tuple(f"https://api{where}.dhl.com" for where in ("", "-eu", "-sandbox"))
OWN_ID = re.compile(r"/[A-Za-z0-9_-]{1,80}")


def confirmation(event: InboxEvent, *, api_key: str, base: str = "") -> Request:
    """The sealed secret of a `subscription.validate`, for DHL's own address of it and no other; `base`: where DHL's
    API stands as well. Raises UnreadableError for any other message."""
    raw = unseal(event.sealed)
    push = parse(raw)
    address = text(read_json(raw).get("self"), 400)
    known = [place + SUBSCRIPTIONS for place in (*DHL, base) if place]
    is_own = any(OWN_ID.fullmatch(address.removeprefix(place)) for place in known if address.startswith(place))
    if push.control != "subscription.validate" or not push.secret or not is_own:
        raise UnreadableError("no subscription.validate of DHL")
    return Request("POST", address, {"DHL-API-Key": api_key, "DHL-API-Hook-Secret": push.secret})


def confirm_subscription(event: InboxEvent, *, api_key: str) -> Answer:
    """Not to be called in a transaction. Raises UnreadableError, Forbidden or Unreachable."""
    request = confirmation(event, api_key=api_key)
    return call(request.method, request.url, headers=request.headers)
