from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.prices.units import KILOGRAMS, per_kg

PRICES = st.decimals("0.01", "99999", places=2)


@pytest.mark.parametrize(
    ("price", "unit", "kilogram"),
    [("2.3", "jin", "4.6"), ("4.6", "KGM", "4.6"), ("4600", "TNE", "4.6"), ("0.35", "TNE", "0.0004")],
)
def test_per_kg(price: str, unit: str, kilogram: str) -> None:
    assert per_kg(Decimal(price), unit) == Decimal(kilogram)


def test_per_kg_unknown_unit() -> None:
    with pytest.raises(ValueError, match="MTK"):
        per_kg(Decimal(1), "MTK")


@given(PRICES, PRICES, st.sampled_from(sorted(KILOGRAMS)))
def test_per_kg_keeps_the_order(one: Decimal, other: Decimal, unit: str) -> None:
    low, high = sorted([one, other])

    assert per_kg(low, unit) <= per_kg(high, unit)
