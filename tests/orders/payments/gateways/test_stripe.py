from dataclasses import replace
from decimal import Decimal

import pytest
from pytest_django import Settings

from orders.payments.gateways.base import GatewayError
from orders.payments.gateways.stripe import RETRIES, StripeGateway
from orders.payments.gateways.stripe_amounts import from_stripe, to_stripe
from tests.orders.payments.gateways.fake_stripe import FakeStripe
from tests.orders.payments.gateways.test_contract import ATTEMPT


@pytest.fixture
def fake(settings: Settings) -> FakeStripe:
    settings.STRIPE_SECRET_KEY = "sk_test_fake"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_fake"
    return FakeStripe()


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.34", "CNY", 1234),
        ("12.34", "USD", 1234),
        ("500", "JPY", 500),
        ("500", "KRW", 500),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("5.50", "HUF", 550),
        ("5.50", "TWD", 550),
        ("1500.00", "COP", 150000),
        ("1500.00", "IDR", 150000),
        ("1.250", "KWD", 1250),
        ("1.25", "TND", 1250),
        ("0", "CNY", 0),
    ],
)
def test_amounts_by_the_providers_own_table(amount: str, currency: str, units: int) -> None:
    assert to_stripe(Decimal(amount), currency) == units
    assert from_stripe(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("12.345", "CNY"), ("0.5", "JPY"), ("5.50", "ISK"), ("5.01", "UGX"), ("1.251", "KWD")]
)
def test_an_amount_that_does_not_fit_is_refused_not_rounded(amount: str, currency: str, fake: FakeStripe) -> None:
    with pytest.raises(ValueError, match="cannot be charged exactly"):
        to_stripe(Decimal(amount), currency)

    outcome = StripeGateway(fake).start(replace(ATTEMPT, amount=Decimal(amount), currency=currency))

    assert (outcome.state, bool(outcome.refused)) == ("failed", True)
    assert fake.calls == []


def test_start_sends_our_key_and_offers_card_and_wallets(fake: FakeStripe) -> None:
    outcome = StripeGateway(fake).start(ATTEMPT)

    (call,) = fake.calls
    assert (call.method, call.path, call.key) == ("post", "/v1/payment_intents", ATTEMPT.key)
    assert (call.fields["amount"], call.fields["currency"]) == ("15000", "cny")
    assert [call.fields[f"payment_method_types[{n}]"] for n in range(3)] == ["card", "alipay", "wechat_pay"]
    assert call.fields["payment_method_options[wechat_pay][client]"] == "web"
    assert (call.fields["transfer_group"], call.fields["metadata[purchase]"]) == ("P1", "P1")
    assert not any("fee" in name for name in call.fields)
    assert outcome.next_action == {
        "kind": "stripe",
        "client_secret": "pi_1_secret",
        "publishable_key": "pk_test_fake",
    }


def test_alipay_is_confirmed_at_once_and_redirects(fake: FakeStripe) -> None:
    outcome = StripeGateway(fake).start(replace(ATTEMPT, method="alipay"))

    fields = fake.calls[0].fields
    assert (fields["confirm"], fields["payment_method_data[type]"]) == ("true", "alipay")
    assert fields["return_url"] == ATTEMPT.return_url
    assert outcome.next_action == {"kind": "redirect", "url": "https://alipay.example/1"}


def test_wechat_pay_shows_a_code_to_scan(fake: FakeStripe) -> None:
    outcome = StripeGateway(fake).start(replace(ATTEMPT, method="wechat_pay"))

    assert outcome.next_action == {"kind": "qr", "data": "weixin://1", "image": "data:image/png;base64,AA=="}


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("CNY", ["card", "alipay", "wechat_pay"]), ("CHF", ["card", "wechat_pay"]), ("RUB", ["card"])],
)
def test_wallets_are_offered_in_their_currencies_only(fake: FakeStripe, currency: str, expected: list[str]) -> None:
    assert StripeGateway(fake).methods(currency) == expected


def test_a_wallet_for_a_foreign_currency_is_refused_without_a_call(fake: FakeStripe) -> None:
    outcome = StripeGateway(fake).start(replace(ATTEMPT, currency="RUB", method="alipay"))

    assert outcome.refused
    assert fake.calls == []


@pytest.mark.parametrize("status", [500, 409, 0])
def test_a_provider_that_stumbles_is_asked_again_with_the_same_key(fake: FakeStripe, status: int) -> None:
    fake.fail_next = [status] * RETRIES

    outcome = StripeGateway(fake).start(ATTEMPT)

    assert outcome.provider_ref == "pi_1"
    assert {call.key for call in fake.calls} == {ATTEMPT.key}
    assert len(fake.calls) == RETRIES + 1


@pytest.mark.parametrize("status", [500, 0, 429])
def test_a_provider_that_stays_away_is_an_unknown_outcome(fake: FakeStripe, status: int) -> None:
    fake.fail_next = [status] * (RETRIES + 1)

    with pytest.raises(GatewayError):
        StripeGateway(fake).start(ATTEMPT)


def test_a_timeout_after_the_work_makes_no_second_attempt(fake: FakeStripe) -> None:
    fake.fail_next, fake.after_work = [0], True

    StripeGateway(fake).start(ATTEMPT)

    assert len(fake.intents) == 1


def test_a_refund_is_found_again_after_the_provider_forgot_our_key(fake: FakeStripe) -> None:
    gateway = StripeGateway(fake)
    ref = gateway.start(ATTEMPT).provider_ref
    fake.pay(ref)
    first = gateway.refund(ref, Decimal("20.00"), "CNY", "late-1")

    fake.forget_keys()

    assert gateway.refund(ref, Decimal("20.00"), "CNY", "late-1") == first
    assert len(fake.refunds) == 1


@pytest.mark.parametrize(
    ("status", "state"),
    [("pending", "pending"), ("requires_action", "pending"), ("failed", "failed"), ("canceled", "failed")],
)
def test_a_refund_that_takes_its_time_says_so(fake: FakeStripe, status: str, state: str) -> None:
    gateway = StripeGateway(fake)
    ref = gateway.start(ATTEMPT).provider_ref
    fake.pay(ref)
    fake.refund_status = status

    assert gateway.refund(ref, Decimal("20.00"), "CNY", "late-1").state == state
