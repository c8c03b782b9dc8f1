"""The price of a quantity. Pure: rows in, numbers out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing.models import Price, PriceTier
from market.common.money import round_amount

KG_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Step:
    """One step of a ladder, both ways: `unit_price` of one packing, `kg_price` of one kilogram."""

    min_quantity: Decimal
    unit_price: Decimal
    kg_price: Decimal


def ladder(price: Price, tiers: Iterable[PriceTier], net_kg: Decimal, currency: str) -> list[Step]:
    """Rising by quantity. The stated basis is exact; the packing's price is rounded to the currency (named point)."""
    rising = sorted(tiers, key=lambda tier: tier.min_quantity)
    return [step_of(price.basis, tier.min_quantity, tier.amount, net_kg, currency) for tier in rising]


def step_of(basis: str, min_quantity: Decimal, amount: Decimal, net_kg: Decimal, currency: str) -> Step:
    unit_price, kg_price = unit_price_of(basis, amount, net_kg, currency), kg_price_of(basis, amount, net_kg)
    return Step(min_quantity, unit_price, kg_price)


def unit_price_of(basis: str, amount: Decimal, net_kg: Decimal, currency: str) -> Decimal:
    """Of one packing; what is stated per kilogram is rounded to the currency."""
    return round_amount(amount * net_kg, currency) if basis == Price.Basis.PER_KG else amount


def kg_price_of(basis: str, amount: Decimal, net_kg: Decimal) -> Decimal:
    """Of one kilogram, to a ten-thousandth where the packing's price is stated."""
    return amount if basis == Price.Basis.PER_KG else (amount / net_kg).quantize(KG_PLACES)


def step_for(steps: Sequence[Step], quantity: Decimal) -> Step | None:
    """The step that holds for the quantity; below the first step, the first. None: no price."""
    held = [step for step in steps if step.min_quantity <= quantity]
    return held[-1] if held else (steps[0] if steps else None)


def next_step(steps: Sequence[Step], quantity: Decimal) -> Step | None:
    """The next cheaper step, to say what more would save."""
    return next((step for step in steps if step.min_quantity > quantity), None)


def line_total(step: Step, quantity: Decimal, currency: str) -> Decimal:
    return round_amount(step.unit_price * quantity, currency)


def fits_multiple(quantity: Decimal, moq: Decimal, multiple: Decimal) -> bool:
    return quantity >= moq and quantity % multiple == 0


def nearest_allowed(quantity: Decimal, moq: Decimal, multiple: Decimal) -> Decimal:
    """The smallest quantity at or above the wish that MOQ and multiple allow."""
    wanted = max(quantity, moq)
    steps, rest = divmod(wanted, multiple)  # not -(-x // y): Decimal division cuts towards zero
    return (steps + 1 if rest else steps) * multiple
