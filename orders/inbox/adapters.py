"""Which adapter serves an endpoint: a carrier's, or a payment provider's."""

from typing import cast

from django.conf import settings

from orders.inbox import stripe_events
from orders.shipments.carriers.base import Carrier
from orders.shipments.carriers.registry import get_carrier


def inbound_adapter(code: str) -> Carrier:
    """Raises KeyError for a code nobody configured."""
    return cast("Carrier", stripe_events) if code == "stripe" else get_carrier(code)


def known_adapters() -> list[str]:
    return [*settings.MARKET_CARRIERS, "stripe"]
