"""What a checkout by program may hold: what the columns hold, said before anything is written."""

from decimal import Decimal

import pytest
from django.test import Client

from orders.cart.actions.change_cart import create_cart, put_line
from orders.orders.models import Purchase
from tests.builders import NOW, domestic, make_variant, stock_of

pytestmark = pytest.mark.django_db

CHECKOUT = {
    "buyer": {"name": "李买家"},
    "address": {"recipient": "李买家", "phone": "138 0013 8000", "province": "四川省", "city": "成都市", "street": "1"},
}


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("buyer", "name", ""),
        ("buyer", "name", "x" * 81),
        ("buyer", "email", "nobody"),
        ("buyer", "email", "x" * 250 + "@a.org"),
        ("buyer", "reference", "x" * 41),
        ("address", "recipient", "x" * 81),
        ("address", "phone", "1234"),
        ("address", "province", "x" * 41),
        ("address", "city", ""),
        ("address", "city", "x" * 41),
        ("address", "street", "x" * 201),
        ("address", "district", "x" * 41),
        ("address", "postcode", "x" * 13),
    ],
)
def test_checkout_with_a_field_no_column_holds_is_refused_by_name(part: str, field: str, value: str) -> None:
    variant = make_variant(on_hand=3)
    cart, token = create_cart(domestic(), user=None, now=NOW)
    put_line(cart, variant.pk, Decimal(1), now=NOW)
    body = CHECKOUT | {part: CHECKOUT[part] | {field: value}}

    answer = Client().post(
        f"/api/v1/carts/{cart.pk}/checkout",
        body,
        content_type="application/json",
        headers={"X-Cart-Token": token, "Idempotency-Key": "k"},
    )

    assert (answer.status_code, list(answer.json()["error"]["details"]["fields"])) == (422, [f"body.{part}.{field}"])
    assert not Purchase.objects.exists()
    assert stock_of(variant) == (Decimal(3), Decimal(0))


def test_checkout_keeps_the_phone_with_its_country_code() -> None:
    cart, token = create_cart(domestic(), user=None, now=NOW)
    put_line(cart, make_variant().pk, Decimal(1), now=NOW)

    Client().post(
        f"/api/v1/carts/{cart.pk}/checkout",
        CHECKOUT | {"language": "ru-RU"},
        content_type="application/json",
        headers={"X-Cart-Token": token, "Idempotency-Key": "k"},
    )

    assert list(Purchase.objects.values_list("phone", "language")) == [("+8613800138000", "ru")]
