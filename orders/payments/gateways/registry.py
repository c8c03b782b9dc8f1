"""Gateways by code, from `MARKET_PAYMENT_GATEWAYS`."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from orders.payments.errors import PaymentNotAvailable
from orders.payments.gateways.base import Gateway


@cache
def _load(path: str) -> Gateway:
    gateway: Gateway = import_string(path)()
    return gateway


def get_gateway(code: str) -> Gateway:
    """Raises PaymentNotAvailable for a code that is not configured."""
    path = settings.MARKET_PAYMENT_GATEWAYS.get(code)
    if path is None:
        raise PaymentNotAvailable(gateway=code)
    return _load(path)


def available_gateways(allowed: list[str]) -> list[str]:
    """The channel's gateways that are configured here, in the channel's order."""
    return [code for code in allowed if code in settings.MARKET_PAYMENT_GATEWAYS]
