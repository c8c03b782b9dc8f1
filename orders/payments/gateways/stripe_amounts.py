"""Amounts as Stripe counts them, by our own table, since ISO 4217 differs (payments.md, section 9). Never rounds."""

from decimal import Decimal
from typing import Final

from market.common.money import THREE_DECIMAL, ZERO_DECIMAL

# Two decimals for the API, though nothing smaller than one whole unit exists.
WHOLE_UNITS: Final = frozenset({"ISK", "UGX"})


def places(currency: str) -> int:
    if currency in ZERO_DECIMAL and currency not in WHOLE_UNITS:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def to_stripe(amount: Decimal, currency: str) -> int:
    """Raises ValueError for an amount that does not fit: JPY with decimals, ISK below one, thousandths of a dinar that
    do not end in 0."""
    scaled = amount.scaleb(places(currency))
    step = 100 if currency in WHOLE_UNITS else 10 if currency in THREE_DECIMAL else 1
    if scaled != int(scaled) or int(scaled) % step:
        raise ValueError(f"{amount} {currency} cannot be charged exactly")
    return int(scaled)


def from_stripe(units: int, currency: str) -> Decimal:
    """By the object's own currency."""
    return Decimal(units).scaleb(-places(currency))
