"""When a provider is asked again: soon after something happened, then ever more rarely."""

from datetime import datetime, timedelta

from orders.payments.errors import PaymentNotAvailable
from orders.payments.gateways.registry import get_gateway

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=10)


def next_ask(asked: int, now: datetime) -> datetime:
    """5, 10, 20 seconds and so on, never more than ten minutes apart."""
    return now + min(FIRST * (1 << min(asked, 16)), LONGEST)


def can_be_asked(gateway_code: str) -> bool:
    """Whether the gateway is configured here and knows the truth at any time. A bank reports by statement only."""
    try:
        return get_gateway(gateway_code).is_instant
    except PaymentNotAvailable:
        return False
