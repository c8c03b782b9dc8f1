"""One open attempt, cancelled at its provider before another begins; a US provider only where owners are known."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from market.compliance.models import ComplianceDecision
from orders.actions.end_order import expire_purchase
from orders.orders.models import Purchase, SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.errors import (
    NothingToPay,
    PaymentNotAllowed,
    PaymentNotAvailable,
    PaymentRefused,
    PaymentUnderway,
)
from orders.payments.gateways.base import Attempt, GatewayError, Outcome
from orders.payments.gateways.sandbox import SandboxGateway, press
from orders.payments.models import Payment
from tests.builders import NOW, know_owners, make_placed, make_variant
from tests.orders.payments.gateways.fake_stripe import FakeStripe, put_in_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    return put_in_place(settings, monkeypatch)


@pytest.fixture
def purchase() -> Purchase:
    variant = make_variant()
    know_owners(variant.product.enterprise)
    return make_placed((variant, 1)).purchase


def start(purchase: Purchase, gateway: str = "sandbox", method: str = "") -> Payment:
    return start_payment(purchase, gateway, method=method, return_url="https://market.example/", now=NOW)


def test_the_same_way_again_is_the_same_attempt(purchase: Purchase) -> None:
    assert start(purchase) == start(purchase)


def test_another_gateway_cancels_the_first_attempt_at_its_provider(purchase: Purchase, fake: FakeStripe) -> None:
    first = start(purchase, "stripe")

    second = start(purchase, "sandbox")

    first.refresh_from_db()
    assert (first.state, first.to_cancel) == ("cancelled", False)
    assert fake.intents[first.provider_ref]["status"] == "canceled"
    assert second.state == "action_required"


def test_another_method_of_the_gateway_is_another_attempt(purchase: Purchase, fake: FakeStripe) -> None:
    first = start(purchase, "stripe", "alipay")

    second = start(purchase, "stripe", "wechat_pay")

    assert first.next_action["kind"] == "redirect"
    assert second.next_action["kind"] == "qr"
    assert [intent["status"] for intent in fake.intents.values()] == ["canceled", "requires_action"]


@pytest.mark.parametrize("what", ["succeed", "delay"])
def test_money_under_way_lets_no_second_attempt_begin(purchase: Purchase, fake: FakeStripe, what: str) -> None:
    first = start(purchase, "stripe")
    fake.pay(first.provider_ref, what)

    with pytest.raises(PaymentUnderway):
        start(purchase, "sandbox")

    payment = Payment.objects.get()
    assert (payment, payment.is_open, payment.ask_at) == (first, True, NOW)


def test_a_provider_that_is_away_is_left_and_asked_again_later(purchase: Purchase, fake: FakeStripe) -> None:
    first = start(purchase, "stripe")
    fake.fail_next = [500] * 3

    second = start(purchase, "sandbox")

    first.refresh_from_db()
    assert (first.state, first.to_cancel, first.ask_at) == ("cancelled", True, NOW)
    assert second.is_open


def test_no_provider_is_called_inside_a_transaction(purchase: Purchase, monkeypatch: pytest.MonkeyPatch) -> None:
    depths = []
    outside = len(connection.savepoint_ids)

    def spy(name: str) -> None:
        original = getattr(SandboxGateway, name)

        def called(self: SandboxGateway, *args: object, **kwargs: object) -> Outcome:
            depths.append(len(connection.savepoint_ids))
            return original(self, *args, **kwargs)  # type: ignore[no-any-return]

        monkeypatch.setattr(SandboxGateway, name, called)

    spy("start")
    spy("cancel")

    start(purchase)
    start(purchase, "bank_transfer")

    assert depths == [outside, outside]


def test_a_lost_answer_repeats_the_same_request(purchase: Purchase, fake: FakeStripe) -> None:
    fake.fail_next, fake.after_work = [0, 0, 0], True
    with pytest.raises(GatewayError):
        start(purchase, "stripe")

    fake.after_work = False
    payment = start(purchase, "stripe")

    assert Payment.objects.get() == payment
    assert len(fake.intents) == 1
    assert {call.key for call in fake.calls} == {f"{purchase.number}-{payment.pk}"}


def test_what_the_provider_refuses_is_said_and_another_way_stays_open(purchase: Purchase, fake: FakeStripe) -> None:
    SellerOrder.objects.update(total=Decimal("0.001"), goods_total=Decimal("0.001"))
    purchase.refresh_from_db()

    with pytest.raises(PaymentRefused):
        start(purchase, "stripe")

    assert Payment.objects.get().state == "failed"


def test_expired_while_the_provider_answered_stays_expired(purchase: Purchase, monkeypatch: pytest.MonkeyPatch) -> None:
    original = SandboxGateway.start

    def slow(self: SandboxGateway, attempt: Attempt) -> Outcome:
        expire_purchase(purchase, now=NOW + timedelta(hours=1))
        return original(self, attempt)

    monkeypatch.setattr(SandboxGateway, "start", slow)

    payment = start(purchase)

    payment.refresh_from_db()
    assert (payment.state, payment.to_cancel, bool(payment.provider_ref)) == ("expired", True, True)


def test_a_method_the_gateway_does_not_have_is_refused(purchase: Purchase, fake: FakeStripe) -> None:
    for gateway, method in (("stripe", "cheque"), ("sandbox", "alipay"), ("nowhere", "")):
        with pytest.raises(PaymentNotAvailable):
            start(purchase, gateway, method)

    assert not Payment.objects.exists()
    assert fake.calls == []


def test_a_paid_purchase_cancels_nothing(purchase: Purchase, fake: FakeStripe) -> None:
    first = start(purchase, "stripe")
    purchase.seller_orders.update(state="awaiting_seller")

    with pytest.raises(NothingToPay):
        start(purchase, "sandbox")

    first.refresh_from_db()
    assert first.is_open
    assert fake.intents[first.provider_ref]["status"] != "canceled"


@pytest.mark.parametrize(
    ("result", "rule"), [("", "US-OFAC-OWNERSHIP-UNKNOWN"), ("XPCC_OWNED_50", "US-OFAC-XPCC-USNEXUS")]
)
def test_a_us_provider_is_refused_where_owners_are_unknown_or_blocked(fake: FakeStripe, result: str, rule: str) -> None:
    variant = make_variant()
    if result:
        know_owners(variant.product.enterprise, result)
    placed = make_placed((variant, 1))

    with pytest.raises(PaymentNotAllowed) as refusal:
        start(placed.purchase, "stripe")

    assert refusal.value.details["seller_orders"] == [placed.seller_orders[0].number]
    assert fake.calls == []
    assert not Payment.objects.exists()
    decision = ComplianceDecision.objects.get(subject_kind="payment")
    assert (decision.outcome, decision.rules_hit) == ("block", [rule])
    assert start(placed.purchase, "sandbox").is_open


def test_one_seller_of_several_is_enough_to_refuse(fake: FakeStripe) -> None:
    known, unknown = make_variant(), make_variant()
    know_owners(known.product.enterprise)
    placed = make_placed((known, 1), (unknown, 1))

    with pytest.raises(PaymentNotAllowed) as refusal:
        start(placed.purchase, "stripe")

    unknown_order = placed.purchase.seller_orders.get(enterprise=unknown.product.enterprise)
    assert refusal.value.details["seller_orders"] == [unknown_order.number]


def test_the_sandbox_button_of_an_attempt_that_was_left_does_nothing(purchase: Purchase) -> None:
    first = start(purchase)
    start(purchase, "bank_transfer")

    press(first.provider_ref, "succeed")

    assert SandboxGateway().fetch(first.provider_ref).state == "cancelled"
