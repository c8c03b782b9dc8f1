"""Money of another amount or currency than we asked for: one decision, every cent in the books, never twice."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, MarketError
from market.common.outbox.drain import drain_outbox
from orders.actions.decide_parked import decide_parked
from orders.actions.end_order import cancel_order, expire_purchase
from orders.actions.reconcile import reconcile_payments
from orders.actions.settle_payment import settle_payment
from orders.ledger.models import LedgerTransaction
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.errors import AmountDoesNotFit, ProviderSilent, PurchaseWaitsNoMore
from orders.payments.gateways.sandbox import SandboxGateway
from orders.payments.models import ParkedDecision, Payment, Refund
from orders.payments.queries import payment_status
from tests.builders import NOW, make_placed, make_user, make_variant

pytestmark = pytest.mark.django_db
GIVE, BACK = ParkedDecision.Kind.GIVE, ParkedDecision.Kind.SEND_BACK


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer() -> User:
    return make_user()


def says(payment: Payment, state: str, amount: str, currency: str = "CNY") -> None:
    """What the provider holds from now on."""
    key = f"sandbox-gateway:{payment.provider_ref}"
    cache.set(key, cache.get(key) | {"state": state, "amount": amount, "currency": currency})


def parked(amount: str, currency: str = "CNY", state: str = "captured") -> Payment:
    """We asked for 300.00 CNY and the provider says this."""
    placed = make_placed((make_variant(price="30", net_kg="5"), 2))
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    says(payment, state, amount, currency)
    return settle_payment(payment, now=NOW)


def books(currency: str = "CNY") -> list[Decimal]:
    return [balance(kind, currency) for kind in ("clearing", "unallocated", "refund_due")]


def test_too_much_pays_the_order_and_the_rest_goes_back(officer: User) -> None:
    payment = parked("310.00")

    decide_parked(payment, GIVE, reason="called", by=officer, now=NOW)
    drain_outbox(NOW)

    payment.refresh_from_db()
    assert (payment.state, payment_status(payment.purchase)) == ("captured", "paid")
    assert SellerOrder.objects.get().state == "awaiting_seller"
    refund = Refund.objects.get()
    assert (refund.amount, refund.currency, refund.state) == (Decimal("10.00"), "CNY", "succeeded")
    assert books() == [Decimal("300.00"), Decimal(0), Decimal(0)]
    entry = AuditEntry.objects.get(action="parked.give")
    assert (entry.actor, entry.details["reason"], entry.details["came"]) == (
        str(officer),
        "called",
        {"CNY": "310.0000"},
    )
    call_command("check_ledger")


@pytest.mark.parametrize(("amount", "currency"), [("299.99", "CNY"), ("310.00", "CNY"), ("300.00", "USD")])
def test_what_is_sent_back_leaves_nothing_and_the_buyer_may_pay_anew(officer: User, amount: str, currency: str) -> None:
    payment = parked(amount, currency)

    decide_parked(payment, BACK, reason="called", by=officer, now=NOW)
    drain_outbox(NOW)

    refund = Refund.objects.get()
    assert (refund.amount, refund.currency, refund.state) == (Decimal(amount), currency, "succeeded")
    assert books(currency) == [Decimal(0)] * 3
    assert SellerOrder.objects.get().state == "awaiting_payment"
    assert start_payment(payment.purchase, "sandbox", return_url="", now=NOW).pk != payment.pk
    call_command("check_ledger")


@pytest.mark.parametrize(("amount", "currency"), [("299.99", "CNY"), ("999.00", "USD")])
def test_a_short_payment_or_another_currency_never_pays_an_order(officer: User, amount: str, currency: str) -> None:
    payment = parked(amount, currency)
    before = books(currency)

    with pytest.raises(AmountDoesNotFit):
        decide_parked(payment, GIVE, reason="called", by=officer, now=NOW)

    assert books(currency) == before
    assert not ParkedDecision.objects.exists()
    assert SellerOrder.objects.get().state == "awaiting_payment"


def test_money_that_was_only_authorised_pays_nothing_and_is_released(officer: User) -> None:
    payment = parked("310.00", state="authorised")
    with pytest.raises(AmountDoesNotFit):
        decide_parked(payment, GIVE, reason="called", by=officer, now=NOW)

    decide_parked(payment, BACK, reason="called", by=officer, now=NOW)
    assert reconcile_payments(NOW) == 1

    assert SandboxGateway().fetch(payment.provider_ref).state == "cancelled"
    assert reconcile_payments(NOW + timedelta(days=1)) == 0
    assert not Refund.objects.exists()
    assert books() == [Decimal(0)] * 3


def test_money_that_comes_after_it_was_sent_back_goes_back_too(officer: User) -> None:
    payment = parked("310.00", state="authorised")
    decide_parked(payment, BACK, reason="called", by=officer, now=NOW)
    says(payment, "captured", "310.00")

    for _ in range(2):
        settle_payment(payment, now=NOW)
    drain_outbox(NOW)

    assert Refund.objects.get().state == "succeeded"
    assert books() == [Decimal(0)] * 3
    assert reconcile_payments(NOW + timedelta(days=1)) == 0


def test_money_that_came_between_parking_and_decision_is_asked_for_and_booked(officer: User) -> None:
    payment = parked("310.00", state="authorised")
    says(payment, "captured", "310.00")

    decide_parked(payment, GIVE, reason="called", by=officer, now=NOW)

    assert books() == [Decimal("310.00"), Decimal(0), Decimal("-10.00")]
    assert payment_status(payment.purchase) == "paid"


def test_a_purchase_that_has_expired_gets_nothing(officer: User) -> None:
    payment = parked("310.00")
    expire_purchase(payment.purchase, now=NOW)

    with pytest.raises(PurchaseWaitsNoMore):
        decide_parked(payment, GIVE, reason="called", by=officer, now=NOW)

    decide_parked(payment, BACK, reason="called", by=officer, now=NOW)
    assert Refund.objects.get().amount == Decimal("310.00")


@pytest.mark.parametrize(("first", "second"), [(GIVE, GIVE), (GIVE, BACK), (BACK, BACK), (BACK, GIVE)])
def test_it_is_decided_once(officer: User, first: str, second: str) -> None:
    payment = parked("310.00")
    decide_parked(payment, first, reason="called", by=officer, now=NOW)
    booked = LedgerTransaction.objects.count()

    with pytest.raises(Conflict):
        decide_parked(payment, second, reason="again", by=make_user(), now=NOW)

    assert LedgerTransaction.objects.count() == booked
    assert Refund.objects.count() == 1
    assert AuditEntry.objects.filter(subject_kind="payment").count() == 1


def test_a_reason_and_an_answering_provider_are_needed(officer: User) -> None:
    payment = parked("310.00")
    with pytest.raises(InvalidInput):
        decide_parked(payment, BACK, reason="  ", by=officer, now=NOW)
    cache.delete(f"sandbox-gateway:{payment.provider_ref}")

    with pytest.raises(ProviderSilent):
        decide_parked(payment, BACK, reason="called", by=officer, now=NOW)

    assert not ParkedDecision.objects.exists()


def test_a_payment_that_fits_is_nobodys_to_decide(officer: User) -> None:
    payment = parked("300.00")

    with pytest.raises(MarketError):
        decide_parked(payment, BACK, reason="called", by=officer, now=NOW)

    assert not Refund.objects.exists()


def test_an_order_paid_this_way_can_be_cancelled_and_all_of_it_has_gone_back(officer: User) -> None:
    payment = parked("310.00")
    decide_parked(payment, GIVE, reason="called", by=officer, now=NOW)

    cancel_order(SellerOrder.objects.get(), by=None, reason="changed my mind", now=NOW)
    drain_outbox(NOW)

    assert sorted(Refund.objects.values_list("amount", "state")) == [
        (Decimal("10.00"), "succeeded"),
        (Decimal("300.00"), "succeeded"),
    ]
    assert books() == [Decimal(0)] * 3
