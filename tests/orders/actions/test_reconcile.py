"""Nobody tells us anything: the worker asks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from market.common.outbox.drain import drain_outbox
from orders.actions.end_order import cancel_order, expire_purchase
from orders.actions.reconcile import GIVE_UP, reconcile_payments, reconcile_refunds
from orders.actions.settle_payment import apply_outcome, settle_payment
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.base import GatewayError, Outcome, RefundOutcome
from orders.payments.gateways.sandbox import DELAY, SandboxGateway, press
from orders.payments.models import Payment, Refund
from orders.payments.queries import parked_payments, payment_status
from tests.builders import NOW, make_placed, make_variant, stock_of

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=6)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def begun() -> Payment:
    placed = make_placed((make_variant(price="30", net_kg="5"), 2))
    return start_payment(placed.purchase, "sandbox", return_url="", now=NOW)


def state_of(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).state


def test_a_payment_whose_window_was_closed_is_found_and_booked() -> None:
    payment = begun()
    press(payment.provider_ref, "succeed")

    assert reconcile_payments(NOW) == 0
    assert reconcile_payments(SOON) == 1

    assert payment_status(payment.purchase) == "paid"
    assert SellerOrder.objects.get().state == "awaiting_seller"
    assert reconcile_payments(SOON + timedelta(days=1)) == 0
    call_command("check_ledger")


def test_a_delayed_payment_succeeds_without_anyone_pressing(clock: time_machine.Traveller) -> None:
    payment = begun()
    press(payment.provider_ref, "delay")
    settle_payment(payment, now=NOW)
    assert state_of(payment) == "processing"
    reconcile_payments(SOON)
    assert state_of(payment) == "processing"

    later = NOW + DELAY + timedelta(seconds=10)
    clock.move_to(later)
    reconcile_payments(later)

    assert state_of(payment) == "captured"


def test_it_asks_ever_more_rarely_but_never_stops_while_it_is_open() -> None:
    payment = begun()
    asked_at: list[datetime] = []
    moment = NOW
    while moment < NOW + timedelta(hours=1):
        moment += timedelta(seconds=5)
        if reconcile_payments(moment):
            asked_at.append(moment)

    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert gaps == sorted(gaps)
    assert max(gaps) == timedelta(minutes=10)
    assert 8 < len(asked_at) < 20
    assert state_of(payment) == "action_required"


def test_a_provider_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = begun()
    press(payment.provider_ref, "succeed")

    def away(self: SandboxGateway, ref: str) -> Outcome:
        raise GatewayError

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "fetch", away)
        assert reconcile_payments(SOON) == 1
    assert state_of(payment) == "action_required"

    reconcile_payments(SOON + timedelta(minutes=1))

    assert state_of(payment) == "captured"


def test_one_payment_that_breaks_does_not_stop_the_others() -> None:
    broken, fine = begun(), begun()
    press(fine.provider_ref, "succeed")
    cache.delete(f"sandbox-gateway:{broken.provider_ref}")

    assert reconcile_payments(SOON) == 2

    assert state_of(fine) == "captured"
    assert state_of(broken) == "action_required"


def test_an_expired_attempt_is_cancelled_at_its_provider() -> None:
    payment = begun()
    expire_purchase(payment.purchase, now=NOW + timedelta(hours=1))

    reconcile_payments(NOW + timedelta(hours=1))

    assert SandboxGateway().fetch(payment.provider_ref).state == "cancelled"
    payment.refresh_from_db()
    assert (payment.state, payment.to_cancel, payment.ask_at) == ("expired", False, None)


def test_an_expired_attempt_that_was_paid_is_booked_and_sent_back() -> None:
    payment = begun()
    press(payment.provider_ref, "succeed")
    late = NOW + timedelta(hours=1)
    expire_purchase(payment.purchase, now=late)

    reconcile_payments(late)
    drain_outbox(late)

    assert payment_status(payment.purchase) == "refunded"
    assert Refund.objects.get().state == "succeeded"
    assert (balance("clearing", "CNY"), balance("refund_due", "CNY")) == (Decimal(0), Decimal(0))
    assert stock_of(payment.purchase.seller_orders.get().lines.get().variant) == (Decimal(10), Decimal(0))


def test_a_failed_attempt_is_cancelled_at_its_provider() -> None:
    payment = begun()
    press(payment.provider_ref, "fail")
    settle_payment(payment, now=NOW)

    reconcile_payments(SOON)

    assert SandboxGateway().fetch(payment.provider_ref).state == "cancelled"
    assert state_of(payment) == "failed"


def test_after_two_weeks_nobody_asks_any_more() -> None:
    payment = begun()

    assert reconcile_payments(NOW + GIVE_UP) == 1
    assert reconcile_payments(NOW + 2 * GIVE_UP) == 0
    assert state_of(payment) == "action_required"


def test_a_bank_is_not_asked() -> None:
    placed = make_placed((make_variant(), 1))
    start_payment(placed.purchase, "bank_transfer", return_url="", now=NOW)

    assert reconcile_payments(NOW + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("state", "amount", "captured", "currency"),
    [
        ("captured", "299.99", "299.99", "CNY"),
        ("captured", "300.00", "100.00", "CNY"),
        ("captured", "300.00", "300.00", "USD"),
        ("authorised", "299.99", "0", "CNY"),
        ("authorised", "300.00", "0", "JPY"),
    ],
)
def test_money_we_did_not_ask_for_is_parked_booked_once_and_visible(
    state: str, amount: str, captured: str, currency: str
) -> None:
    payment = begun()
    outcome = Outcome(
        payment.provider_ref, state, amount=Decimal(amount), currency=currency, captured=Decimal(captured)
    )

    for _ in range(2):
        apply_outcome(payment, outcome, now=NOW)

    (parked,) = parked_payments()
    assert (parked, parked.state, parked.ask_at) == (payment, "action_required", None)
    assert currency in parked.failure
    assert balance("clearing", currency) == Decimal(captured)
    assert balance("unallocated", currency) == -Decimal(captured)
    assert SellerOrder.objects.get().state == "awaiting_payment"
    call_command("check_ledger")


def test_a_refund_nobody_sent_is_sent_by_the_net_below(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = begun()
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    cancel_order(SellerOrder.objects.get(), by=None, reason="changed my mind", now=NOW)

    assert reconcile_refunds(NOW) == 0
    assert reconcile_refunds(NOW + timedelta(minutes=3)) == 1
    drain_outbox(NOW + timedelta(minutes=3))

    assert Refund.objects.get().state == "succeeded"
    assert balance("clearing", "CNY") == 0


def test_a_refund_under_way_is_asked_about_and_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = begun()
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    sent: list[str] = []

    def slow(self: SandboxGateway, ref: str, amount: Decimal, currency: str, key: str) -> RefundOutcome:
        sent.append(key)
        return RefundOutcome("re-1", "pending")

    monkeypatch.setattr(SandboxGateway, "refund", slow)
    cancel_order(SellerOrder.objects.get(), by=None, reason="changed my mind", now=NOW)
    drain_outbox(NOW)
    assert Refund.objects.get().state == "pending"

    reconcile_refunds(NOW + timedelta(minutes=3))

    assert len(sent) == 1
    assert Refund.objects.get().state == "succeeded"
    assert (balance("clearing", "CNY"), balance("refund_due", "CNY")) == (Decimal(0), Decimal(0))


def test_a_refund_that_failed_waits_for_an_officer_and_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = begun()
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    refused = RefundOutcome("", "failed", refused="account closed")
    monkeypatch.setattr(SandboxGateway, "refund", lambda *args: refused)
    cancel_order(SellerOrder.objects.get(), by=None, reason="changed my mind", now=NOW)
    drain_outbox(NOW)

    assert reconcile_refunds(NOW + timedelta(days=1)) == 0

    refund = Refund.objects.get()
    assert (refund.state, refund.failure) == ("failed", "account closed")
    assert balance("refund_due", "CNY") == -Decimal("300.00")
