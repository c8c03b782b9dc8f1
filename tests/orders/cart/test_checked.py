from decimal import Decimal

import pytest

from catalog.pricing.actions.set_price import set_price
from catalog.pricing.models import Price
from catalog.products.models import ChannelListing, Variant
from market.enterprises.models import Enterprise
from orders.cart.checked import checked_lines
from orders.cart.errors import CartEmpty, NotForSale
from orders.cart.models import Cart
from orders.cart.queries import priced_cart
from tests.builders import NOW, domestic, make_cart, make_enterprise, make_variant

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def ladder_of(variant: Variant, *steps: tuple[int, str]) -> None:
    tiers = [(Decimal(least), Decimal(amount)) for least, amount in steps]
    set_price(variant, domestic(), basis="per_unit", tiers=tiers, now=NOW)


def test_lines_come_by_seller_in_the_order_they_were_added() -> None:
    first, second = make_enterprise(), make_enterprise()
    variants = [make_variant(enterprise=seller) for seller in (second, first, second)]

    lines = checked_lines(make_cart(*((variant, 1) for variant in variants)), today=TODAY)

    assert [line.enterprise_id for line in lines] == [first.pk, second.pk, second.pk]
    assert [line.variant_id for line in lines] == [variants[1].pk, variants[0].pk, variants[2].pk]


@pytest.mark.parametrize(
    ("quantity", "unit_price", "total"), [(1, "12", "12"), (9, "12", "108"), (10, "11", "110"), (60, "9.5", "570")]
)
def test_step_of_the_ladder_that_holds_for_the_quantity_is_the_price(
    quantity: int, unit_price: str, total: str
) -> None:
    variant, other = make_variant(on_hand=100), make_variant()
    ladder_of(variant, (1, "12"), (10, "11"), (50, "9.5"))
    cart = make_cart((variant, quantity), (other, 1))

    line, _ = checked_lines(cart, today=TODAY)

    assert (line.unit_price, line.total, line.price_basis) == (Decimal(unit_price), Decimal(total), "per_unit")
    assert not line.is_stale


def test_line_costs_what_the_page_of_the_cart_says() -> None:
    cart = make_cart((make_variant(price="30.33", net_kg="2.5"), 3), (make_variant(price="12.50", net_kg="10"), 2))

    checked = [(line.variant_id, line.unit_price, line.total) for line in checked_lines(cart, today=TODAY)]

    seen = [(line.variant.pk, line.step and line.step.unit_price, line.total) for line in priced_cart(cart).lines]
    assert checked == seen


def without_price(variant: Variant) -> None:
    Price.objects.filter(variant=variant).delete()


def retired(variant: Variant) -> None:
    Variant.objects.filter(pk=variant.pk).update(is_active=False)


def not_listed(variant: Variant) -> None:
    ChannelListing.objects.filter(product=variant.product).delete()


def seller_suspended(variant: Variant) -> None:
    Enterprise.objects.filter(pk=variant.product.enterprise_id).update(state=Enterprise.State.SUSPENDED)


@pytest.mark.parametrize("happens", [without_price, retired, not_listed, seller_suspended])
def test_line_that_is_no_longer_for_sale_is_refused_by_name(happens: object) -> None:
    assert callable(happens)
    variant = make_variant()
    cart = make_cart((make_variant(), 1), (variant, 1))
    happens(variant)

    with pytest.raises(NotForSale) as refusal:
        checked_lines(cart, today=TODAY)

    assert refusal.value.details == {"variant": variant.pk, "sku": variant.sku}
    assert {line.variant.pk for line in priced_cart(cart).lines if line.problem} == {variant.pk}


def test_unticked_lines_stay_out() -> None:
    later = make_variant()
    cart: Cart = make_cart((later, 1))
    cart.lines.update(is_selected=False)

    with pytest.raises(CartEmpty):
        checked_lines(cart, today=TODAY)
