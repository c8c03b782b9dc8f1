import pytest
from django.test import Client

from orders.orders.models import Purchase
from tests.builders import make_user
from tests.market.storefront.shop import ordered, stocked, words

pytestmark = pytest.mark.django_db


def find(client: Client, number: str, phone: str) -> int:
    return client.post("/en/orders/find/", {"number": number, "phone": phone}).status_code


def test_guest_finds_the_order_again_on_another_device(client: Client) -> None:
    number = ordered(client, stocked()[0])
    elsewhere = Client()
    assert elsewhere.get(f"/en/orders/{number}/").status_code == 404

    assert find(elsewhere, f" {number.lower()} ".replace("-", "－"), "８０００") == 302

    assert number in words(elsewhere.get(f"/en/orders/{number}/"))


@pytest.mark.parametrize("phone", ["0000", "800", "", "80001"])
def test_wrong_phone_shows_nothing(client: Client, phone: str) -> None:
    number = ordered(client, stocked()[0])
    elsewhere = Client()

    assert find(elsewhere, number, phone) == 422
    assert elsewhere.get(f"/en/orders/{number}/").status_code == 404


def test_unknown_number_is_told_like_a_wrong_phone(client: Client) -> None:
    number = ordered(client, stocked()[0])

    unknown = Client().post("/en/orders/find/", {"number": "P000000-AAAAAAAA", "phone": "8000"})
    wrong = Client().post("/en/orders/find/", {"number": number, "phone": "0000"})

    said = "There is no order with this number and these digits."
    assert said in words(unknown)
    assert said in words(wrong)


def test_guessing_is_stopped_for_one_address_and_for_one_number(client: Client) -> None:
    number = ordered(client, stocked()[0])

    answers = [find(Client(), number, f"{guess:04}") for guess in range(12)]

    assert answers == [422] * 10 + [429] * 2
    assert find(Client(REMOTE_ADDR="10.1.1.1"), number, "8000") == 429


@pytest.mark.parametrize("address", ["", "pay/", "accept/{number}-1/"])
def test_order_of_somebody_else_does_not_exist(client: Client, address: str) -> None:
    number = ordered(client, stocked()[0])
    stranger = Client()
    stranger.force_login(make_user())
    path = f"/en/orders/{number}/{address.format(number=number)}"

    answer = stranger.post(path) if address else stranger.get(path)

    assert answer.status_code == 404
    assert Purchase.objects.get().seller_orders.get().state == "awaiting_payment"


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "%00"])
def test_forged_token_opens_nothing(client: Client, token: str) -> None:
    number = ordered(client, stocked()[0])

    assert Client().get(f"/en/orders/{number}/?token={token}").status_code == 404
