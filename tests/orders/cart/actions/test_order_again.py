"""An order of the past goes into a cart of today."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.pricing.actions.set_price import set_price
from catalog.products.models import Variant
from orders.cart.actions import order_again as again
from orders.cart.actions.change_cart import put_line
from orders.cart.actions.order_again import Again, order_again
from orders.cart.errors import CartFull, CartIsOrdered
from orders.cart.models import Cart, CartLine
from orders.orders.models import OrderLine, Purchase
from tests.builders import NOW, domestic, make_cart, make_placed, make_variant

pytestmark = pytest.mark.django_db


def lines_of(purchase: Purchase) -> list[OrderLine]:
    return list(OrderLine.objects.filter(seller_order__purchase=purchase).order_by("seller_order", "position"))


def put_again(cart: Cart, purchase: Purchase) -> Again:
    return order_again(cart, lines_of(purchase), now=NOW)


def in_cart(cart: Cart) -> dict[int, Decimal]:
    return dict(CartLine.objects.filter(cart=cart).values_list("variant_id", "quantity"))


def price(variant: Variant, amount: str, *, moq: int = 1, multiple: int = 1) -> None:
    tiers = [(Decimal(1), Decimal(amount))]
    set_price(
        variant, domestic(), basis="per_kg", tiers=tiers, moq=Decimal(moq), multiple=Decimal(multiple), now=NOW
    )  # fmt: skip


def test_all_sellers_lines_come_at_todays_prices() -> None:
    first, second = make_variant(), make_variant()
    purchase, cart = make_placed((first, 2), (second, 3)).purchase, make_cart()
    price(first, "40.00")

    found = put_again(cart, purchase)

    assert in_cart(cart) == {first.pk: 2, second.pk: 3}
    line = CartLine.objects.get(cart=cart, variant=first)
    assert (line.price_seen, line.is_selected) == (200, True)
    assert (len(found.added), found.other_quantity, found.kept, found.gone) == (2, [], [], [])


def test_what_is_in_the_cart_stays_and_a_second_time_adds_nothing() -> None:
    variant, other = make_variant(), make_variant()
    purchase, cart = make_placed((variant, 2), (other, 1)).purchase, make_cart()
    put_line(cart, variant.pk, Decimal(7), now=NOW)

    found = put_again(cart, purchase)
    assert [line.sku for line in found.kept] == [variant.sku]
    assert not put_again(cart, purchase).added

    assert in_cart(cart) == {variant.pk: 7, other.pk: 1}


def test_what_is_no_longer_sold_is_named_and_the_rest_comes() -> None:
    gone, hidden, left = make_variant(), make_variant(), make_variant()
    purchase, cart = make_placed((gone, 2), (hidden, 1), (left, 1)).purchase, make_cart()
    Variant.objects.filter(pk=gone.pk).update(is_active=False)
    hidden.product.enterprise.__class__.objects.filter(pk=hidden.product.enterprise_id).update(state="suspended")

    found = put_again(cart, purchase)

    assert {line.sku for line in found.gone} == {gone.sku, hidden.sku}
    assert in_cart(cart) == {left.pk: 1}


def test_a_new_minimum_or_multiple_is_met_and_said() -> None:
    small, odd = make_variant(), make_variant()
    purchase, cart = make_placed((small, 2), (odd, 3)).purchase, make_cart()
    price(small, "30.00", moq=5)
    price(odd, "30.00", moq=2, multiple=2)

    found = put_again(cart, purchase)

    assert in_cart(cart) == {small.pk: 5, odd.pk: 4}
    assert {line.variant_id for line in found.other_quantity} == {small.pk, odd.pk}


def test_a_full_or_an_ordered_cart_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    purchase = make_placed((make_variant(), 1), (make_variant(), 1)).purchase
    cart, ordered = make_cart((make_variant(), 1)), make_cart()
    Cart.objects.filter(pk=ordered.pk).update(state=Cart.State.ORDERED)
    monkeypatch.setattr(again, "MAX_LINES", 2)

    with pytest.raises(CartFull):
        put_again(cart, purchase)
    with pytest.raises(CartIsOrdered):
        put_again(ordered, purchase)

    assert (len(in_cart(cart)), len(in_cart(ordered))) == (1, 0)


def test_statements_do_not_grow_with_the_lines(django_assert_num_queries: Any) -> None:
    cart, lines = make_cart(), lines_of(make_placed(*[(make_variant(), 1) for _ in range(6)]).purchase)

    with django_assert_num_queries(6):  # with the savepoint of a test
        assert len(order_again(cart, lines, now=NOW).added) == 6
