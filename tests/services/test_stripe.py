"""What we send is what Stripe takes: its own server checks every request against the published description."""

from decimal import Decimal
from typing import Any

import pytest
import stripe
from django.test import Client
from pytest_django import Settings

from market.channels.models import Channel
from orders.payments.gateways import stripe as gateway_module
from orders.payments.gateways.base import Attempt, GatewayError
from orders.payments.gateways.stripe import StripeGateway
from orders.payments.models import Payment
from tests.builders import make_placed, make_variant
from tests.market.api.test_root import post

pytestmark = pytest.mark.services


def attempt(currency: str = "CNY", amount: str = "675.00", key: str = "P261124-1") -> Attempt:
    return Attempt(key, "P261124-7K3QW9TX", Decimal(amount), currency, "Tuanji P261124", "http://127.0.0.1/")


@pytest.fixture
def client_with_more(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the gateway send further parameters along with its own."""

    def add(**more: Any) -> None:
        def client() -> Any:
            real = _client()
            intents, refunds = real.v1.payment_intents, real.v1.refunds
            for service in (intents, refunds):
                create = service.create
                monkeypatch.setattr(service, "create", lambda p, o, create=create: create({**p, **more}, o))
            monkeypatch.setattr(type(real.v1), "payment_intents", intents, raising=False)
            monkeypatch.setattr(type(real.v1), "refunds", refunds, raising=False)
            return real

        monkeypatch.setattr(gateway_module, "_client", client)

    _client = gateway_module._client
    return add


@pytest.mark.parametrize(("currency", "amount"), [("CNY", "675.00"), ("USD", "0.50"), ("JPY", "900"), ("KWD", "1.250")])
def test_start_is_taken_in_every_exponent(currency: str, amount: str) -> None:
    outcome = StripeGateway().start(attempt(currency, amount))

    assert (outcome.state, outcome.refused) == ("action_required", "")
    assert outcome.provider_ref.startswith("pi_")
    assert outcome.next_action["client_secret"]


@pytest.mark.parametrize("method", ["card", "alipay", "wechat_pay"])
def test_start_is_taken_for_one_way_of_paying(client_with_more: Any, method: str) -> None:
    client_with_more(payment_method_types=[method], automatic_payment_methods={"enabled": False})

    assert StripeGateway().start(attempt()).refused == ""


def test_fetch_reads_the_intent() -> None:
    outcome = StripeGateway().fetch("pi_123")

    assert outcome.currency == "USD"
    assert outcome.amount is not None


def test_refund_is_taken() -> None:
    outcome = StripeGateway().refund("pi_123", Decimal("12.50"), "CNY", "refund-1")

    assert (outcome.state, outcome.refused) == ("succeeded", "")


def test_unknown_parameter_is_a_refusal_with_stripes_words(client_with_more: Any) -> None:
    client_with_more(application_fee="none")

    started = StripeGateway().start(attempt())
    refunded = StripeGateway().refund("pi_123", Decimal(1), "CNY", "refund-2")

    assert (started.state, refunded.state) == ("failed", "failed")
    assert started.refused
    assert refunded.refused


def test_stripe_away_is_an_unknown_outcome(settings: Settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(GatewayError):
        StripeGateway().fetch("pi_123")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "status", "code"), [("", 200, ""), ("parameter", 409, "payment_refused"), ("away", 503, "provider_away")]
)
def test_paying_by_api_answers_plainly(
    client: Client, settings: Settings, client_with_more: Any, broken: str, status: int, code: str
) -> None:
    Channel.objects.filter(code="domestic").update(gateways=["stripe"])
    placed = make_placed((make_variant(), 1))
    token = {"X_Purchase_Token": token_of(placed)}
    if broken == "parameter":
        client_with_more(application_fee="none")
    if broken == "away":
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    answer = post(client, f"/purchases/{placed.purchase.number}/pay", {"gateway": "stripe"}, **token)

    assert answer.status_code == status, answer.content
    if broken:
        assert answer.json()["error"]["code"] == code
        assert Payment.objects.get().state == ("failed" if broken == "parameter" else "created")


def token_of(placed: Any) -> str:
    from orders.cart.models import Cart
    from orders.checkout.place_order import access_token

    return access_token(Cart.objects.get(pk=placed.purchase.cart_id))


def test_sdk_speaks_the_version_we_lock() -> None:
    assert stripe.VERSION.split(".")[0] == "16"
