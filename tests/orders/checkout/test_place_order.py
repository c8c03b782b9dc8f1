from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from catalog.pricing.actions.set_price import set_price
from catalog.pricing.models import Price
from catalog.products.actions.publish_product import withdraw_product
from catalog.stock.errors import OutOfStock
from catalog.stock.models import Reservation
from market.common.deadlines.models import Deadline
from orders.cart.actions.change_cart import put_line
from orders.cart.actions.merge_carts import merge_carts
from orders.cart.errors import BelowMinimum, CartIsOrdered, NotForSale
from orders.cart.models import Cart
from orders.checkout.errors import CartEmpty, IdempotencyConflict, StalePrice
from orders.checkout.place_order import Address, Buyer, Placed, place_order
from orders.ledger.models import CommissionLine, CommissionRule
from orders.orders.models import OrderEvent, OrderLine, Purchase, SellerOrder
from tests.builders import ADDRESS, BUYER, NOW, domestic, make_cart, make_enterprise, make_user, make_variant, stock_of

pytestmark = pytest.mark.django_db


def order(cart: Cart, key: str = "key-1") -> Placed:
    return place_order(cart, buyer=BUYER, address=ADDRESS, idempotency_key=key, now=NOW)


def assert_nothing_happened(cart: Cart) -> None:
    cart.refresh_from_db()
    assert cart.state == Cart.State.OPEN
    assert not Purchase.objects.exists()
    assert not SellerOrder.objects.exists()
    assert not OrderLine.objects.exists()
    assert not Reservation.objects.exists()
    assert not Deadline.objects.exists()


def test_place_order_makes_one_purchase_and_one_order_per_seller() -> None:
    first, second = make_variant(price="30.00", net_kg="5"), make_variant(price="12.50", net_kg="10")

    placed = order(make_cart((first, 2), (second, 3)))

    assert placed.purchase.total == Decimal("675.00")
    assert [o.number for o in placed.seller_orders] == [f"{placed.purchase.number}-1", f"{placed.purchase.number}-2"]
    assert sorted(o.total for o in placed.seller_orders) == [Decimal("300.00"), Decimal("375.00")]
    assert stock_of(first) == (Decimal(10), Decimal(2))
    assert stock_of(second) == (Decimal(10), Decimal(3))
    assert OrderEvent.objects.filter(to_state="awaiting_payment").count() == 2
    assert Deadline.objects.get(kind="order.payment").subject == placed.purchase.number
    line = OrderLine.objects.get(variant=first)
    assert (line.product_name, line.unit_price, line.total) == ("若羌灰枣", Decimal(150), Decimal(300))
    assert (line.origin_country, line.origin_subdivision) == ("CN", "CN-XJ")


def test_place_order_twice_with_the_same_key_is_one_purchase() -> None:
    variant = make_variant()
    cart = make_cart((variant, 2))

    first, again = order(cart), order(cart)

    assert again.purchase == first.purchase
    assert (first.was_repeated, again.was_repeated) == (False, True)
    assert stock_of(variant) == (Decimal(10), Decimal(2))


def test_place_order_with_another_key_for_an_ordered_cart_is_refused_by_number() -> None:
    cart = make_cart((make_variant(), 1))
    placed = order(cart)

    with pytest.raises(IdempotencyConflict) as refusal:
        order(cart, key="key-2")

    assert refusal.value.details == {"purchase_number": placed.purchase.number}


@pytest.mark.parametrize(
    ("buyer", "address"),
    [(replace(BUYER, name="王买家"), ADDRESS), (BUYER, replace(ADDRESS, street="示范路 2 号"))],
)
def test_place_order_with_the_same_key_and_other_details_is_refused_by_number(buyer: Buyer, address: Address) -> None:
    variant = make_variant()
    cart = make_cart((variant, 1))
    placed = order(cart)

    with pytest.raises(IdempotencyConflict) as refusal:
        place_order(cart, buyer=buyer, address=address, idempotency_key="key-1", now=NOW)

    assert refusal.value.details == {"purchase_number": placed.purchase.number}
    assert Purchase.objects.get().street == ADDRESS.street
    assert stock_of(variant) == (Decimal(10), Decimal(1))


def test_place_order_of_a_cart_that_went_into_another_is_refused() -> None:
    user, variant = make_user(), make_variant()
    old = make_cart((variant, 1), user=user)
    merge_carts(make_cart((variant, 1)), user, now=NOW)

    with pytest.raises(CartIsOrdered):
        order(old)

    assert not Purchase.objects.exists()
    assert stock_of(variant) == (Decimal(10), Decimal(0))


def test_place_order_of_a_line_that_rounds_to_nothing_is_refused() -> None:
    variant = make_variant(price="1.00", net_kg="1")
    price = Price.objects.get(variant=variant)
    price.moq = price.multiple = Decimal("0.001")
    price.save()
    cart = make_cart()
    put_line(cart, variant.pk, Decimal("0.001"), now=NOW)

    with pytest.raises(NotForSale):
        order(cart)

    assert_nothing_happened(cart)


def test_place_order_out_of_stock_leaves_nothing_behind() -> None:
    plenty, scarce = make_variant(on_hand=50), make_variant(on_hand=3)
    cart = make_cart((plenty, 5), (scarce, 4))

    with pytest.raises(OutOfStock) as refusal:
        order(cart)

    (line,) = refusal.value.details["lines"]
    assert (line["variant"], line["wanted"], line["left"]) == (scarce.pk, "4", "3")
    assert_nothing_happened(cart)
    assert stock_of(plenty) == (Decimal(50), Decimal(0))


def test_place_order_price_changed_since_seen_is_refused_with_both_prices() -> None:
    variant = make_variant(price="30.00")
    cart = make_cart((variant, 1))
    set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal(31))], now=NOW)

    with pytest.raises(StalePrice) as refusal:
        order(cart)

    (line,) = refusal.value.details["lines"]
    assert (line["seen"], line["now"]) == ("150", "155")
    assert_nothing_happened(cart)


def test_place_order_minimum_raised_since_is_refused_with_a_suggestion() -> None:
    variant = make_variant()
    cart = make_cart((variant, 3))
    set_price(
        variant,
        domestic(),
        basis="per_kg",
        tiers=[(Decimal(1), Decimal(30))],
        moq=Decimal(4),
        multiple=Decimal(4),
        now=NOW,
    )

    with pytest.raises(BelowMinimum) as refusal:
        order(cart)

    assert refusal.value.details["suggested"] == "4"
    assert_nothing_happened(cart)


def test_place_order_withdrawn_product_is_refused() -> None:
    variant = make_variant()
    cart = make_cart((variant, 1))
    withdraw_product(variant.product, now=NOW)

    with pytest.raises(NotForSale):
        order(cart)

    assert_nothing_happened(cart)


def test_place_order_empty_cart_is_refused() -> None:
    cart = make_cart()

    with pytest.raises(CartEmpty):
        order(cart)

    assert_nothing_happened(cart)


def test_place_order_leaves_unticked_lines_out() -> None:
    wanted, later = make_variant(), make_variant()
    cart = make_cart((wanted, 1), (later, 1))
    cart.lines.filter(variant=later).update(is_selected=False)

    placed = order(cart)

    assert [line.variant_id for line in OrderLine.objects.filter(seller_order__purchase=placed.purchase)] == [wanted.pk]
    assert stock_of(later) == (Decimal(10), Decimal(0))


def test_place_order_freezes_the_commission_of_that_day() -> None:
    rule = CommissionRule.objects.create(rate=Decimal("0.3"), tax_rate=Decimal("0.06"))
    variant = make_variant(price="1.29", net_kg="5")

    order(make_cart((variant, 1)))
    rule.rate = Decimal("0.5")
    rule.save()

    line = CommissionLine.objects.get()
    assert (line.base, line.amount, line.tax) == (Decimal("6.45"), Decimal("1.94"), Decimal("0.12"))


@pytest.mark.parametrize("lines", [1, 3, 30])
def test_place_order_statements_do_not_grow_with_lines(
    lines: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    enterprises = [make_enterprise() for _ in range(min(lines, 3))]
    CommissionRule.objects.create(rate=Decimal("0.05"))
    variants = [make_variant(enterprise=enterprises[i % len(enterprises)]) for i in range(lines)]
    cart = make_cart(*((variant, 1) for variant in variants))
    order(make_cart((make_variant(), 1)))  # each process reads a published rule set and the names of sequences once

    most = 6 if connection.vendor == "postgresql" else 13
    with django_assert_max_num_queries(most + 2):  # the test's own savepoint stands where BEGIN and COMMIT would
        place_order(cart, buyer=replace(BUYER), address=ADDRESS, idempotency_key="k", now=NOW)
