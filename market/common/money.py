"""Money: exact amounts, one rounding function, one way to show it. Source of the exponents: payments.md, section 9."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import format_currency
from moneyed import CURRENCIES, Currency, Money

from market.common.languages import babel_locale

ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def exponent(currency: str) -> int:
    """Decimal places amounts of this currency are settled in."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Half up, to the currency's places. The only rounding of money in the house; called at named points:
    line total, tax, commission, freight, refund share."""
    return amount.quantize(_least(currency), rounding=ROUND_HALF_UP)


@cache
def _least(currency: str) -> Decimal:
    return Decimal(1).scaleb(-exponent(currency))


def money(amount: Decimal | int | str, currency: str) -> Money:
    """Raises ValueError for a currency ISO 4217 does not know."""
    if currency not in CURRENCIES:
        raise ValueError(f"unknown currency {currency}")
    return Money(Decimal(amount), Currency(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Whole minor units for a provider. Refuses (ValueError) what does not fit; it never rounds."""
    scaled = amount.scaleb(exponent(currency))
    if scaled != int(scaled):
        raise ValueError(f"{amount} {currency} has too many decimal places")
    return int(scaled)


def from_minor(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-exponent(currency))


def spread(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share `total` in proportion, by largest remainder, ties by position: 10.00 over three equals is 3.34, 3.33, 3.33.

    The parts always add up to `total`, which must fit the currency. All weights zero: equal parts.
    """
    if not weights:
        return []
    units = to_minor(total, currency)
    sign = -1 if units < 0 else 1
    units = abs(units)
    weighed = sum(weights, Decimal(0))
    shares = weights if weighed else [Decimal(1)] * len(weights)
    whole = weighed or Decimal(len(weights))
    exact = [units * share / whole for share in shares]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in order[: units - sum(parts)]:
        parts[i] += 1
    return [from_minor(sign * part, currency) for part in parts]


def format_amount(amount: Decimal, currency: str, language: str) -> str:
    """`¥1,234,567.50`, `CN¥1,234,567.50`, `1 234 567,50 CN¥` (ui.md, 7.1). Half up: Babel alone would show a price per
    kilogram of 1.125 as 1.12."""
    return format_currency(round_amount(amount, currency), currency, locale=babel_locale(language))
