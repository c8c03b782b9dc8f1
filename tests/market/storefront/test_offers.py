from decimal import Decimal

import pytest

from market.storefront.offers import Offer, offers_of
from tests.builders import domestic, make_variant
from tests.market.storefront.shop import LADDER

pytestmark = pytest.mark.django_db


def offer(**wishes: object) -> Offer:
    variant = make_variant(**({"tiers": LADDER, "moq": 2, "multiple": 2, "on_hand": 11} | wishes))  # type: ignore[arg-type]
    return offers_of(variant.product, domestic())[0]


def test_quote_says_what_the_next_step_saves() -> None:
    quote = offer().quote(Decimal(4))

    assert (quote.total, quote.net_kg, quote.problem) == (Decimal("600.00"), Decimal(20), "")
    assert quote.next is not None
    assert quote.next.min_quantity == 6
    assert quote.next_saves == Decimal("90.00")


def test_quote_at_the_last_step_offers_no_further_one() -> None:
    quote = offer().quote(Decimal(6))

    assert (quote.total, quote.next, quote.next_saves) == (Decimal("810.00"), None, Decimal(0))


@pytest.mark.parametrize(("quantity", "suggested"), [("1", "2"), ("3", "4"), ("0.5", "2")])
def test_quote_below_minimum_or_between_steps_suggests_the_nearest(quantity: str, suggested: str) -> None:
    quote = offer().quote(Decimal(quantity))

    assert (quote.problem, quote.suggested) == ("below_minimum", Decimal(suggested))


def test_quote_above_stock_suggests_the_most_that_fits_the_multiple() -> None:
    quote = offer().quote(Decimal(12))

    assert (quote.problem, quote.suggested) == ("out_of_stock", Decimal(10))


def test_offer_with_less_than_its_minimum_left_is_sold_out() -> None:
    assert offer(on_hand=1).is_sold_out
    assert not offer(on_hand=2).is_sold_out


def test_one_rung_is_the_current_one() -> None:
    rungs = offer().rungs(Decimal(7))

    assert [(rung.step.min_quantity, rung.is_current, rung.saves) for rung in rungs] == [
        (Decimal(2), False, Decimal(0)),
        (Decimal(6), True, Decimal("90.00")),
    ]
