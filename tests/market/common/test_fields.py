"""The exact decimal field, on a real table: a stock item's quantities."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.common.fields import AmountField, QuantityField


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_stored_whole_numbers_come_back_as_the_same_decimal(units: int) -> None:
    field = QuantityField()
    value = Decimal(units).scaleb(-3)

    assert field.get_prep_value(value) == units
    assert field.from_db_value(units, None, None) == value


def test_too_many_places_are_refused_not_rounded() -> None:
    with pytest.raises(ValueError, match="more than 3 decimal places"):
        QuantityField().get_prep_value(Decimal("0.0001"))


def test_places_are_kept_by_deconstruct() -> None:
    assert AmountField().deconstruct()[3] == {}
    assert AmountField(places=2).deconstruct()[3] == {"places": 2}
