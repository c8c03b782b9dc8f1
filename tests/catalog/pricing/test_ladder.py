from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing.ladder import fits_multiple, nearest_allowed

QUANTITY = st.decimals(min_value=Decimal("0.001"), max_value=10_000, places=3)


@pytest.mark.parametrize(
    ("wish", "moq", "multiple", "allowed"),
    [("1", "2", "2", "2"), ("3", "2", "2", "4"), ("4", "2", "2", "4"), ("1", "3", "2", "4"), ("2.5", "1", "1", "3")],
)
def test_nearest_allowed_is_never_below_the_wish(wish: str, moq: str, multiple: str, allowed: str) -> None:
    assert nearest_allowed(Decimal(wish), Decimal(moq), Decimal(multiple)) == Decimal(allowed)


@given(QUANTITY, QUANTITY, QUANTITY)
def test_nearest_allowed_may_be_ordered_and_nothing_smaller_would_do(
    wish: Decimal, moq: Decimal, multiple: Decimal
) -> None:
    nearest = nearest_allowed(wish, moq, multiple)

    assert fits_multiple(nearest, moq, multiple)
    assert nearest >= wish
    assert nearest - multiple < max(wish, moq)
