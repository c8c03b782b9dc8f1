"""Money that fits no payment: two officers, never a short payment, never twice, every cent in the books."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, MarketError
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.actions.decide_transfer import (
    confirm_decision,
    left_of,
    propose_match,
    propose_return,
    withdraw_decision,
)
from orders.actions.end_order import expire_purchase
from orders.ledger.models import LedgerTransaction
from orders.ledger.queries import balance, unbalanced
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.errors import AmountDoesNotFit, NotPayableNow, SecondPersonNeeded
from orders.payments.models import BankStatementRow, Payment, Refund, TransferDecision
from tests.builders import NOW, make_placed, make_user, make_variant

pytestmark = pytest.mark.django_db


def promised(price: str = "30.00") -> Payment:
    """150.00 CNY for one box of 5 kg, unless the price says otherwise."""
    return start_payment(make_placed((make_variant(price=price), 1)).purchase, "bank_transfer", return_url="", now=NOW)


def came(
    amount: str = "150.00", reference: str = "goods", number: str = "B1", currency: str = "CNY"
) -> BankStatementRow:
    row = StatementRow(number, reference, "示范", Decimal(amount), currency, date(2026, 11, 24))
    return confirm_transfer(row, by=None, now=NOW)


def two() -> tuple[User, User]:
    return make_user(), make_user()


def matched(row: BankStatementRow, payment: Payment) -> TransferDecision:
    one, other = two()
    return confirm_decision(propose_match(row, payment, reason="called", by=one, now=NOW), by=other, now=NOW)


def books() -> tuple[Decimal, Decimal]:
    return balance("clearing", "CNY"), -balance("unallocated", "CNY")


def test_money_nobody_asked_for_stands_in_the_books_as_nobodys() -> None:
    came("860.00")

    assert books() == (Decimal(860), Decimal(860))
    assert unbalanced() == []


def test_match_by_two_pays_the_purchase_and_empties_the_row() -> None:
    payment, row = promised(), came()

    matched(row, payment)

    row.refresh_from_db()
    payment.refresh_from_db()
    assert (row.state, row.payment_id, left_of(row)) == ("matched", payment.pk, Decimal(0))
    assert (payment.state, SellerOrder.objects.get().state) == ("captured", "awaiting_seller")
    assert books() == (Decimal(150), Decimal(0))
    assert unbalanced() == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "transfer.proposed",
        "transfer.decided",
    ]


def test_proposal_alone_moves_nothing() -> None:
    payment, row = promised(), came()

    propose_match(row, payment, reason="called", by=make_user(), now=NOW)

    row.refresh_from_db()
    assert (row.state, SellerOrder.objects.get().state) == ("unmatched", "awaiting_payment")
    assert books() == (Decimal(150), Decimal(150))


def test_one_person_cannot_do_both() -> None:
    payment, row, officer = promised(), came(), make_user()
    decision = propose_match(row, payment, reason="called", by=officer, now=NOW)

    with pytest.raises(SecondPersonNeeded):
        confirm_decision(decision, by=officer, now=NOW)

    decision.refresh_from_db()
    assert (decision.state, SellerOrder.objects.get().state) == ("proposed", "awaiting_payment")


def test_database_itself_refuses_one_person_for_both() -> None:
    officer = make_user()
    decision = propose_return(came(), reason="unknown", by=officer, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        TransferDecision.objects.filter(pk=decision.pk).update(state="confirmed", decided_by=officer)


@pytest.mark.parametrize("amount", ["149.99", "0.01"])
def test_short_payment_is_never_accepted(amount: str) -> None:
    payment, row = promised(), came(amount)

    with pytest.raises(AmountDoesNotFit):
        propose_match(row, payment, reason="nearly", by=make_user(), now=NOW)

    assert not TransferDecision.objects.exists()
    assert SellerOrder.objects.get().state == "awaiting_payment"


def test_other_currency_is_never_accepted() -> None:
    payment, row = promised(), came(currency="USD")

    with pytest.raises(NotPayableNow):
        propose_match(row, payment, reason="same number", by=make_user(), now=NOW)

    assert not TransferDecision.objects.exists()


def test_too_much_pays_what_was_asked_and_the_rest_goes_back() -> None:
    payment = promised()
    row = came("200.00", payment.purchase.number)
    assert row.state == "overpaid"
    one, other = two()

    matched(row, payment)
    row.refresh_from_db()
    assert (row.state, left_of(row), books()) == ("overpaid", Decimal(50), (Decimal(200), Decimal(50)))
    rest = propose_return(row, reason="too much", by=one, now=NOW)
    confirm_decision(rest, by=other, now=NOW, out_row_id="OUT-1")

    row.refresh_from_db()
    assert (row.state, rest.amount, books()) == ("matched", Decimal(50), (Decimal(150), Decimal(0)))
    assert unbalanced() == []


def test_return_needs_the_banks_number_and_leaves_nothing_behind() -> None:
    row = came("100.00", promised().purchase.number)
    assert row.state == "underpaid"
    one, other = two()
    decision = propose_return(row, reason="too little", by=one, now=NOW)

    with pytest.raises(InvalidInput):
        confirm_decision(decision, by=other, now=NOW, out_row_id=" ")
    assert books() == (Decimal(100), Decimal(100))
    confirm_decision(decision, by=other, now=NOW, out_row_id="OUT-1")

    row.refresh_from_db()
    assert (row.state, books()) == ("sent_back", (Decimal(0), Decimal(0)))
    assert SellerOrder.objects.get().state == "awaiting_payment"


def test_number_of_one_movement_stands_on_one_return_only() -> None:
    one, other = two()
    first, second = (propose_return(came(number=n), reason="?", by=one, now=NOW) for n in ("B1", "B2"))
    confirm_decision(first, by=other, now=NOW, out_row_id="OUT-1")

    with pytest.raises(InvalidInput):
        confirm_decision(second, by=other, now=NOW, out_row_id="OUT-1")

    assert books() == (Decimal(150), Decimal(150))


def again_confirm(decision: TransferDecision, by: User) -> object:
    return confirm_decision(decision, by=by, now=NOW, out_row_id="OUT-2")


def again_withdraw(decision: TransferDecision, by: User) -> object:
    return withdraw_decision(decision, by=by, now=NOW)


@pytest.mark.parametrize("again", [again_confirm, again_withdraw])
def test_decision_taken_twice_is_booked_once(again: Callable[[TransferDecision, User], object]) -> None:
    one, other = two()
    decision = propose_return(came(), reason="unknown", by=one, now=NOW)
    stale = TransferDecision.objects.get()
    confirm_decision(decision, by=other, now=NOW, out_row_id="OUT-1")

    with pytest.raises(Conflict):
        again(stale, other)

    assert LedgerTransaction.objects.filter(kind="bank_back").count() == 1
    assert books() == (Decimal(0), Decimal(0))


def test_second_proposal_for_a_row_waits_for_the_first() -> None:
    row, officer = came(), make_user()
    propose_return(row, reason="unknown", by=officer, now=NOW)

    with pytest.raises(Conflict):
        propose_return(row, reason="unknown", by=officer, now=NOW)

    assert TransferDecision.objects.count() == 1


def test_withdrawn_proposal_opens_the_row_again_and_cannot_be_confirmed() -> None:
    payment, row = promised(), came()
    one, other = two()
    decision = withdraw_decision(propose_return(row, reason="unknown", by=one, now=NOW), by=other, now=NOW)

    with pytest.raises(Conflict):
        confirm_decision(decision, by=other, now=NOW, out_row_id="OUT-1")
    matched(row, payment)

    assert SellerOrder.objects.get().state == "awaiting_seller"


def test_purchase_paid_in_the_meantime_is_not_paid_again() -> None:
    payment, row = promised(), came()
    one, other = two()
    decision = propose_match(row, payment, reason="called", by=one, now=NOW)
    came("150.00", payment.purchase.number, "B2")

    with pytest.raises(NotPayableNow):
        confirm_decision(decision, by=other, now=NOW)

    row.refresh_from_db()
    decision.refresh_from_db()
    assert (row.state, decision.state) == ("unmatched", "proposed")
    assert books() == (Decimal(300), Decimal(150))


def test_purchase_that_expired_in_the_meantime_takes_the_money_late_and_owes_it_back() -> None:
    payment, row = promised(), came()
    one, other = two()
    decision = propose_match(row, payment, reason="called", by=one, now=NOW)
    expire_purchase(payment.purchase, now=NOW)

    confirm_decision(decision, by=other, now=NOW)

    row.refresh_from_db()
    assert row.state == "late"
    assert Refund.objects.get().amount == Decimal(150)
    assert SellerOrder.objects.get().state == "expired"
    assert unbalanced() == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_proposal_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(InvalidInput):
        propose_return(came(), reason=reason, by=make_user(), now=NOW)

    assert not TransferDecision.objects.exists()


def test_row_that_fits_its_payment_cannot_be_sent_back() -> None:
    payment = promised()
    row = came("150.00", payment.purchase.number)

    with pytest.raises(MarketError):
        propose_return(row, reason="changed my mind", by=make_user(), now=NOW)

    assert not TransferDecision.objects.exists()
