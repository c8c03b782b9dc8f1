"""What we send is what Stripe takes: its own server checks every request against the published description."""

from decimal import Decimal
from typing import Any

import pytest
import stripe
from pytest_django import Settings

from orders.payments.gateways.base import Attempt, GatewayError
from orders.payments.gateways.stripe import StripeGateway

pytestmark = pytest.mark.services


def attempt(currency: str = "CNY", amount: str = "675.00", method: str = "") -> Attempt:
    number = "P261124-7K3QW9TX"
    return Attempt("P261124-1", number, Decimal(amount), currency, "Tuanji", "http://127.0.0.1/", method)


@pytest.fixture
def client_with_more(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the gateway send further parameters along with its own."""

    def add(**more: Any) -> None:
        def client(gateway: StripeGateway) -> Any:
            real: Any = ordinary(gateway)
            intents, refunds = real.v1.payment_intents, real.v1.refunds
            for service in (intents, refunds):
                create = service.create
                monkeypatch.setattr(service, "create", lambda p, o, create=create: create({**p, **more}, o))
            monkeypatch.setattr(type(real.v1), "payment_intents", intents, raising=False)
            monkeypatch.setattr(type(real.v1), "refunds", refunds, raising=False)
            return real

        monkeypatch.setattr(StripeGateway, "_client", client)

    ordinary = StripeGateway._client
    return add


@pytest.mark.parametrize(("currency", "amount"), [("CNY", "675.00"), ("USD", "0.50"), ("JPY", "900"), ("KWD", "1.250")])
def test_start_is_taken_in_every_exponent(currency: str, amount: str) -> None:
    outcome = StripeGateway().start(attempt(currency, amount))

    assert outcome.refused == ""
    assert outcome.provider_ref.startswith("pi_")


@pytest.mark.parametrize("method", ["card", "alipay", "wechat_pay"])
def test_start_is_taken_for_each_way_of_paying(method: str) -> None:
    outcome = StripeGateway().start(attempt(method=method))

    assert outcome.refused == ""
    assert outcome.provider_ref.startswith("pi_")


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


def test_sdk_speaks_the_version_we_lock() -> None:
    assert stripe.VERSION.split(".")[0] == "16"


def test_refunds_and_disputes_of_a_payment_are_listed() -> None:
    """Its server answers with one made-up row of each kind, written as the description says."""
    found = StripeGateway().taken("pi_123")

    assert {one.kind for one in found} == {"refund", "dispute"}
    assert all(one.provider_ref and one.amount > 0 and one.at.tzinfo for one in found)
