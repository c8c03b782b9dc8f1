"""Enquiries that cannot be made: of what is missing, of carts that are empty, taken over or of another channel."""

from datetime import date

import pytest

from catalog.products.actions.publish_product import publish_product
from market.common.errors import InvalidInput
from market.compliance.models import ComplianceDecision
from orders.cart.errors import CartEmpty, CartIsOrdered, NotForSale
from orders.cart.models import Cart
from orders.checkout.errors import ExportIsEnquiry
from orders.checkout.place_order import place_order
from orders.orders.models import Purchase
from orders.quotes.errors import NotAnExportCart
from orders.quotes.models import Enquiry
from tests.builders import (
    ADDRESS,
    BUYER,
    NOW,
    domestic,
    make_cart,
    make_export_cart,
    make_variant,
    open_country,
)
from tests.orders.quotes.actions.test_make_enquiry import assert_nothing_happened, enquire, exportable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", " "),
        ("company", "x" * 121),
        ("contact", ""),
        ("email", "nobody"),
        ("country", ""),
        ("country", "XX"),
        ("country", "CN"),
        ("onward_country", ""),
        ("onward_country", "CN"),
        ("incoterm", "EXW"),
        ("incoterm", "DDP"),
        ("named_place", "  "),
        ("message", "a\0b"),
        ("expected_entry", date(2026, 11, 23)),
        ("expected_entry", date(2036, 1, 1)),
    ],
)
def test_what_is_missing_or_makes_no_sense_is_named(field: str, value: object) -> None:
    open_country("KZ")
    cart = make_export_cart((exportable(), 1))

    with pytest.raises(InvalidInput) as refusal:
        enquire(cart, **{field: value})

    assert list(refusal.value.details["fields"]) == [field]
    assert_nothing_happened(cart)
    assert not ComplianceDecision.objects.exists()


def test_an_empty_cart_is_refused() -> None:
    with pytest.raises(CartEmpty):
        enquire(make_export_cart())


def test_goods_no_longer_listed_for_export_are_refused() -> None:
    open_country("KZ")
    variant = exportable()
    cart = make_export_cart((variant, 1))
    publish_product(variant.product, [domestic()], now=NOW)

    with pytest.raises(NotForSale):
        enquire(cart)

    assert_nothing_happened(cart)


def test_a_cart_of_the_home_market_makes_no_enquiry() -> None:
    with pytest.raises(NotAnExportCart):
        enquire(make_cart((make_variant(), 1)))

    assert not Enquiry.objects.exists()


def test_a_cart_that_was_taken_over_makes_no_enquiry() -> None:
    open_country("KZ")
    cart = make_export_cart((exportable(), 1))
    Cart.objects.update(state=Cart.State.MERGED)

    with pytest.raises(CartIsOrdered):
        enquire(cart)

    assert not Enquiry.objects.exists()


def test_an_export_cart_cannot_be_ordered() -> None:
    open_country("KZ")
    cart = make_export_cart((exportable(), 1))

    with pytest.raises(ExportIsEnquiry):
        place_order(cart, buyer=BUYER, address=ADDRESS, idempotency_key="k", now=NOW)

    assert_nothing_happened(cart)
    assert not Purchase.objects.exists()
