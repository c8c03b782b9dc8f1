"""Carrier adapters by code, from `MARKET_CARRIERS`."""

from importlib import import_module
from typing import cast

from django.conf import settings

from orders.shipments.carriers.base import Carrier


def get_carrier(code: str) -> Carrier:
    """Raises KeyError for a code that is not configured."""
    return cast("Carrier", import_module(settings.MARKET_CARRIERS[code]))
