from decimal import Decimal

import pytest
from django.test import Client

from catalog.stock.models import StockItem
from orders.cart.models import Cart
from orders.orders.models import Purchase
from tests.builders import make_user, stock_of
from tests.market.storefront.shop import ADDRESS, checkout_key, ordered, put, stocked, words

pytestmark = pytest.mark.django_db


def test_order_is_placed_and_shown(client: Client) -> None:
    variant, *_ = stocked()

    number = ordered(client, variant)

    text = words(client.get(f"/en/orders/{number}/"))
    assert "Pay CN¥300.00 by" in text
    assert "awaiting payment" in text
    assert "Sichuan" in text


def test_same_form_sent_twice_makes_one_purchase(client: Client) -> None:
    variant, *_ = stocked()
    put(client, variant)
    form = ADDRESS | {"key": checkout_key(client)}

    first, second = (client.post("/en/checkout/", form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Purchase.objects.count() == 1
    assert stock_of(variant) == (Decimal(10), Decimal(2))


def test_same_form_sent_twice_by_somebody_signed_in_makes_one_purchase(client: Client) -> None:
    variant, *_ = stocked()
    client.force_login(make_user())
    put(client, variant)
    form = ADDRESS | {"key": checkout_key(client)}

    locations = {client.post("/en/checkout/", form).headers["Location"] for _ in range(3)}

    assert len(locations) == 1
    assert Purchase.objects.count() == 1


def test_ordered_cart_under_another_key_is_refused(client: Client) -> None:
    variant, *_ = stocked()
    ordered(client, variant)

    answer = client.post("/en/checkout/", ADDRESS | {"key": "another"})

    assert answer.status_code == 422
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("recipient", "", "Who receives the goods?"),
        ("phone", "138 0013", "you typed 7"),
        ("phone", "", "mobile number, such as 138 0013 8000"),
        ("province", "Atlantis", "Please choose the province."),
        ("city", " ", "Please enter the city."),
        ("street", "x" * 500, "at most 200 characters"),
        ("email", "not-an-address", "name@example.com"),
        ("street", "a\x00b", "Null characters are not allowed."),
    ],
)
def test_bad_field_keeps_everything_else_and_says_what_to_do(client: Client, field: str, value: str, says: str) -> None:
    variant, *_ = stocked()
    put(client, variant)

    answer = client.post("/en/checkout/", ADDRESS | {"key": checkout_key(client), field: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in words(answer)
    assert "<title>Error: Check out" in page
    assert 'class="errors" role="alert" tabindex="-1" autofocus' in page
    assert "1 thing needs a change" in page
    assert field == "street" or "示范路 1 号" in page
    assert not Purchase.objects.exists()


def test_sold_out_meanwhile_is_said_and_the_cart_stays(client: Client) -> None:
    variant, *_ = stocked()
    put(client, variant, "3")
    key = checkout_key(client)
    StockItem.objects.filter(variant=variant).update(reserved=9)

    answer = client.post("/en/checkout/", ADDRESS | {"key": key})

    assert answer.status_code == 422
    assert "Not enough left of" in words(answer)
    assert Cart.objects.get().state == "open"
    assert not Purchase.objects.exists()


def test_nobody_is_asked_twice_for_their_address(client: Client) -> None:
    first, second = stocked(2)
    client.force_login(make_user())
    ordered(client, first)
    put(client, second)

    page = client.get("/en/checkout/").content.decode()

    assert 'value="示范路 1 号"' in page
    assert '<option value="四川省" selected>Sichuan</option>' in page


def test_provinces_are_named_in_the_language_of_the_page(client: Client) -> None:
    variant, *_ = stocked()
    put(client, variant)

    assert ">Сычуань</option>" in client.get("/ru/checkout/").content.decode()
    assert ">四川省</option>" in client.get("/zh-hans/checkout/").content.decode()
