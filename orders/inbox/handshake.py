"""DHL asks whether a subscription is ours: we answer with the secret it sent (carriers.md, 3.8)."""

import re

from market.common.http import Answer, call
from market.common.sealing import unseal
from orders.inbox.models import InboxEvent
from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.dhl_unified_push import parse
from orders.shipments.carriers.values import read_json, text

SUBSCRIPTION = re.compile(r"https://api(-eu|-sandbox)?\.dhl\.com/tracking/push/v1/subscription/[A-Za-z0-9_-]{1,80}")


def confirm_subscription(event: InboxEvent, *, api_key: str) -> Answer:
    """POSTs the sealed secret of a `subscription.validate` to DHL's own address of it, and to no other. Not to be
    called in a transaction. Raises UnreadableError for any other message, Forbidden or Unreachable from the call."""
    raw = unseal(event.sealed)
    push = parse(raw)
    address = text(read_json(raw).get("self"), 400)
    if push.control != "subscription.validate" or not push.secret or not SUBSCRIPTION.fullmatch(address):
        raise UnreadableError("no subscription.validate of DHL")
    return call("POST", address, headers={"DHL-API-Key": api_key, "DHL-API-Hook-Secret": push.secret})
