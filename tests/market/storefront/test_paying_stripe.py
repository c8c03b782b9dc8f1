"""Wallets on the order page: a link or a code, no foreign script."""

import pytest
from django.test import Client
from pytest_django import Settings

from catalog.products.models import Variant
from orders.cart.models import Cart
from orders.checkout.place_order import access_token
from orders.orders.models import Purchase
from tests.builders import know_owners, make_placed, make_variant
from tests.orders.payments.gateways.fake_stripe import FakeStripe, put_in_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    return put_in_place(settings, monkeypatch)


@pytest.fixture
def variant() -> Variant:
    made = make_variant()
    know_owners(made.product.enterprise)
    return made


def visit(client: Client, purchase: Purchase, gateway: str) -> str:
    token = access_token(Cart(pk=purchase.cart_id))
    path = f"/en/orders/{purchase.number}/"
    assert client.post(f"{path}pay/?token={token}", {"gateway": gateway}).status_code == 302
    return client.get(f"{path}?token={token}").content.decode()


@pytest.mark.parametrize(
    ("gateway", "shown"),
    [("stripe:alipay", 'href="https://alipay.example/1"'), ("stripe:wechat_pay", 'src="data:image/png;base64,AA=="')],
)
def test_a_wallet_is_reached_without_a_script(
    client: Client, fake: FakeStripe, variant: Variant, gateway: str, shown: str
) -> None:
    text = visit(client, make_placed((variant, 1)).purchase, gateway)

    assert shown in text
    assert "stripe.com" not in text


def test_a_refused_provider_says_why_and_other_ways_stay(client: Client, fake: FakeStripe) -> None:
    text = visit(client, make_placed((make_variant(), 1)).purchase, "stripe:alipay")

    assert "Seller ownership has not been established." in text
    assert "as above" not in text
    assert 'value="bank_transfer"' in text
    assert fake.calls == []
