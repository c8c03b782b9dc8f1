"""Stripe's news of money that went back, through the inbox: it is asked what is so, whatever the message says."""

import hashlib
import hmac
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.tasks import process_inbox
from orders.ledger.queries import balance
from orders.payments.actions.start_payment import start_payment
from orders.payments.check import wrong_with_reversals
from orders.payments.models import Payment, Refund, Reversal
from tests.builders import NOW, know_owners, make_placed, make_variant
from tests.orders.payments.gateways.fake_stripe import FakeStripe, put_in_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    monkeypatch.setattr("orders.inbox.views.read_clock", lambda: NOW)
    return put_in_place(settings, monkeypatch)


@pytest.fixture
def endpoint() -> Endpoint:
    return create_endpoint("stripe", "Stripe", secret="whsec_1", now=NOW)[0]


def paid(fake: FakeStripe) -> Payment:
    """150.00 CNY, of which nobody has told us yet."""
    goods = make_variant(price="30.00")
    know_owners(goods.product.enterprise)
    payment = start_payment(make_placed((goods, 1)).purchase, "stripe", return_url="", now=NOW)
    fake.pay(payment.provider_ref)
    return payment


def post(endpoint: Endpoint, number: str, kind: str, thing: dict[str, Any], secret: str = "whsec_1") -> int:
    body = json.dumps({"id": number, "type": kind, "data": {"object": thing}}).encode()
    stamp = str(int(NOW.timestamp()))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    answer = Client().post(
        f"/hooks/{endpoint.pk}/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={stamp},v1={signed}"},
    )
    return answer.status_code


def state_of(number: str) -> str:
    return InboxEvent.objects.get(key__contains=number).state


def test_a_refund_of_the_dashboard_is_booked_whatever_comes_first_and_how_often(
    fake: FakeStripe, endpoint: Endpoint
) -> None:
    payment = paid(fake)
    fake.refunded_at_the_dashboard(payment.provider_ref, 5000)
    of = {"payment_intent": payment.provider_ref}
    news: list[tuple[str, str, dict[str, Any]]] = [
        ("evt_1", "refund.updated", {"object": "refund", "amount": 999_999, **of}),
        ("evt_2", "charge.refunded", {"object": "charge", **of}),
        ("evt_1", "refund.updated", {"object": "refund", "amount": 999_999, **of}),
        ("evt_3", "refund.created", {"object": "refund", **of}),
    ]

    for number, kind, thing in news:
        assert post(endpoint, number, kind, thing) == 200
    process_inbox(NOW)

    reversal = Reversal.objects.get()
    assert (reversal.payment, reversal.amount, reversal.state) == (payment, Decimal("50.00"), "final")
    assert (balance("suspense", "CNY"), balance("clearing", "CNY")) == (Decimal("50.00"), Decimal("100.00"))
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"done"}
    assert wrong_with_reversals() == []


def test_a_dispute_comes_and_is_won_only_when_the_money_is_back(fake: FakeStripe, endpoint: Endpoint) -> None:
    payment = paid(fake)
    of = {"object": "dispute", "payment_intent": payment.provider_ref}
    seen = []
    for number, (status, moved) in enumerate([("needs_response", 0), ("won", 0), ("won", 15000)]):
        fake.disputed(payment.provider_ref, 15000, status, moved)
        post(endpoint, f"evt_{number}", "charge.dispute.updated", of)
        process_inbox(NOW)
        seen.append((Reversal.objects.get().state, balance("suspense", "CNY")))

    assert seen == [("taken", Decimal("150.00")), ("taken", Decimal("150.00")), ("returned", Decimal(0))]
    assert Reversal.objects.get().reason == "fraudulent"


def test_our_own_refund_is_none_though_its_news_overtakes_the_answer(fake: FakeStripe, endpoint: Endpoint) -> None:
    payment = paid(fake)
    refund = Refund(payment=payment, key="claim-1", amount=Decimal("10"), reason="x", created_at=NOW)
    refund.save()
    fake.refunded_at_the_dashboard(payment.provider_ref, 1000)
    for row in fake.refunds.values():
        row["metadata"] = {"refund": "claim-1"}

    post(endpoint, "evt_1", "refund.created", {"object": "refund", "payment_intent": payment.provider_ref})
    process_inbox(NOW)

    assert (state_of("evt_1"), Reversal.objects.count()) == ("done", 0)


def test_forged_news_is_turned_away_and_that_of_unknown_payments_waits_for_a_person(
    fake: FakeStripe, endpoint: Endpoint
) -> None:
    payment = paid(fake)
    assert post(endpoint, "evt_0", "refund.created", {"payment_intent": payment.provider_ref}, "whsec_2") == 401
    for number, kind, intent in [
        ("evt_1", "refund.created", "pi_of_others"),
        ("evt_2", "charge.dispute.created", None),
        ("evt_3", "payment_intent.succeeded", "pi_of_others"),
    ]:
        post(endpoint, number, kind, {"object": "other", "payment_intent": intent})
    process_inbox(NOW)

    assert [state_of(f"evt_{number}") for number in (1, 2, 3)] == ["parked", "parked", "done"]
    assert Reversal.objects.count() == 0


def test_a_silent_provider_is_asked_again(fake: FakeStripe, endpoint: Endpoint) -> None:
    payment = paid(fake)
    post(endpoint, "evt_1", "charge.refunded", {"object": "charge", "payment_intent": payment.provider_ref})
    fake.fail_next = [500] * 3

    process_inbox(NOW)

    assert (state_of("evt_1"), Reversal.objects.count()) == ("open", 0)
