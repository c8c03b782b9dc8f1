"""Pay runs: who is paid how much, who is not and why, and what the books say."""

from decimal import Decimal

import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, NotAllowed
from market.enterprises.models import Enterprise
from orders.actions.answer_claim import answer_claim
from orders.actions.confirm_payout import confirm_payout, return_payout
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.actions.pay_sellers import in_file, make_bank_file, mark_sent, run_payouts, sellers_to_pay
from orders.ledger.check import wrong_in_the_books
from orders.ledger.errors import NobodyToPay
from orders.ledger.models import LedgerTransaction, Payout, PayRun, Settlement, SettlementItem
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from tests.builders import make_member, make_officer
from tests.orders.claims import ARRIVED, make_claim, wish
from tests.orders.payouts import available, enter_account, make_account, make_cashier, make_earned, make_paid_out, pay

pytestmark = pytest.mark.django_db
EARNED, NONE = Decimal("947.00"), Decimal(0)


def clearing() -> Decimal:
    return balance("clearing", "CNY")


def claimed_after_acceptance(order: SellerOrder, quantity: str = "4") -> None:
    """25.00 a box go back."""
    claim = make_claim(order, wish(order, quantity))
    seller = make_member(order.enterprise)
    answer_claim(claim, {claim.lines.get().pk: claim.wanted}, "", by=seller, now=ARRIVED)


def test_run_settles_what_is_available_and_moves_it_to_transit() -> None:
    order = make_earned()
    before = clearing()

    run = run_payouts("CNY", by=make_cashier(), now=ARRIVED)

    payout = Payout.objects.get()
    assert (payout.amount, payout.settlement.state) == (EARNED, "closed")
    assert payout.settlement.items.get().posting.transaction.key == f"release:{order.number}"
    assert (available(order.enterprise), -balance("payout_transit", "CNY"), clearing()) == (NONE, EARNED, before)
    assert AuditEntry.objects.filter(action="payouts.ordered", subject_id=run.number).count() == 1
    assert wrong_in_the_books() == []


def test_confirmed_payout_leaves_clearing_once() -> None:
    order = make_earned()
    cashier, before = make_cashier(), clearing()
    payout = make_paid_out(order, cashier)

    again = confirm_payout(payout, bank_row_id="OUT-1", by=cashier, now=ARRIVED)

    assert (again.settlement.state, again.bank_row_id) == ("sent", "OUT-1")
    assert (clearing(), balance("payout_transit", "CNY"), available(order.enterprise)) == (before - EARNED, NONE, NONE)
    assert wrong_in_the_books() == []
    with pytest.raises(Conflict):
        confirm_payout(payout, bank_row_id="OUT-2", by=cashier, now=ARRIVED)
    with pytest.raises(NobodyToPay):
        run_payouts("CNY", by=cashier, now=ARRIVED)
    assert PayRun.objects.count() == 1


@pytest.mark.parametrize("confirmed", [False, True])
def test_returned_payout_reverses_what_was_booked_and_opens_the_earnings(confirmed: bool) -> None:
    order = make_earned()
    cashier, before = make_cashier(), clearing()
    payout = make_paid_out(order, cashier) if confirmed else pay(cashier)[0]

    return_payout(payout, reason="account closed", return_row_id="IN-9", by=cashier, now=ARRIVED)

    payout.refresh_from_db()
    account = payout.account
    account.refresh_from_db()
    assert (payout.settlement.state, account.state, account.reason) == ("returned", "restricted", "account closed")
    assert (clearing(), balance("payout_transit", "CNY"), available(order.enterprise)) == (before, NONE, EARNED)
    assert LedgerTransaction.objects.exclude(reversal_of=None).count() == 1 + confirmed
    assert [row.reason for row in sellers_to_pay("CNY")] == ["account_restricted"]
    assert wrong_in_the_books() == []
    with pytest.raises(Conflict):
        return_payout(payout, reason="again", by=cashier, now=ARRIVED)
    with pytest.raises(Conflict):
        confirm_payout(payout, bank_row_id="OUT-3", by=cashier, now=ARRIVED)
    assert (clearing(), available(order.enterprise)) == (before, EARNED)


def test_returned_money_is_paid_with_a_later_run_less_what_was_claimed_meanwhile() -> None:
    order = make_earned()
    cashier = make_cashier()
    payout = make_paid_out(order, cashier)
    returned = return_payout(payout, reason="closed", return_row_id="IN-9", by=cashier, now=ARRIVED)
    claimed_after_acceptance(order)
    make_account(order.enterprise, "6222020000999999")
    second = make_paid_out(order, cashier, "OUT-2")

    assert second.amount == EARNED - Decimal("94.70")
    assert [item.is_live for item in returned.settlement.items.all()] == [False]
    assert returned.settlement.items.count() == 1
    assert second.settlement.items.count() == 2
    assert wrong_in_the_books() == []


def test_debt_after_payout_is_never_paid_and_is_netted_with_the_next_earnings() -> None:
    order = make_earned()
    cashier = make_cashier()
    make_paid_out(order, cashier)
    claimed_after_acceptance(order)

    (row,) = sellers_to_pay("CNY")
    assert (row.reason, row.available) == ("debt", Decimal("-94.70"))
    with pytest.raises(NobodyToPay):
        run_payouts("CNY", by=cashier, now=ARRIVED)
    assert SettlementItem.objects.count() == 1

    make_earned("W2", of=order)
    second = make_paid_out(order, cashier, "OUT-2")

    assert (second.amount, second.settlement.items.count()) == (EARNED - Decimal("94.70"), 2)
    assert available(order.enterprise) == 0
    assert wrong_in_the_books() == []


def test_what_an_open_claim_is_about_waits_and_what_is_owed_does_not() -> None:
    order = make_earned()
    cashier = make_cashier()
    claim = make_claim(order)

    (row,) = sellers_to_pay("CNY")
    assert (row.reason, row.available, row.waiting) == ("waiting", EARNED, EARNED)
    with pytest.raises(NobodyToPay):
        run_payouts("CNY", by=cashier, now=ARRIVED)

    answer_claim(claim, {claim.lines.get().pk: claim.wanted}, "", by=make_member(order.enterprise), now=ARRIVED)
    assert make_paid_out(order, cashier).amount == Decimal("852.30")
    assert wrong_in_the_books() == []


@pytest.mark.parametrize("why", ["suspended", "account_pending", "account_none"])
def test_who_cannot_be_paid_is_passed_over_with_the_reason(why: str) -> None:
    paid, other = make_earned("W1"), make_earned("W2")
    if why == "suspended":
        Enterprise.objects.filter(pk=other.enterprise_id).update(state="suspended")
    elif why == "account_pending":
        enter_account(other.enterprise, number="6222020000445566")
    else:
        other.enterprise.payout_accounts.all().delete()
    cashier = make_cashier()

    assert [row.reason for row in sellers_to_pay("CNY")] == ["", why]
    run_payouts("CNY", by=cashier, now=ARRIVED)

    assert Payout.objects.get().settlement.enterprise == paid.enterprise
    assert available(other.enterprise) == EARNED


@pytest.mark.parametrize("what", ["account changed", "suspended"])
def test_who_cannot_be_paid_any_more_after_the_run_is_not_in_the_file(what: str) -> None:
    order = make_earned()
    cashier = make_cashier()
    run = run_payouts("CNY", by=cashier, now=ARRIVED)
    if what == "suspended":
        Enterprise.objects.filter(pk=order.enterprise_id).update(state="suspended")
    else:
        enter_account(order.enterprise, number="6222020000445566")

    assert list(make_bank_file(run, by=cashier, now=ARRIVED)) == []

    assert (Settlement.objects.get().state, available(order.enterprise)) == ("taken_back", EARNED)
    assert wrong_in_the_books() == []


def test_file_once_made_stays_as_it_is() -> None:
    order = make_earned()
    cashier = make_cashier()
    run = run_payouts("CNY", by=cashier, now=ARRIVED)
    with pytest.raises(Conflict):
        mark_sent(run, by=cashier, now=ARRIVED)
    first = list(make_bank_file(run, by=cashier, now=ARRIVED))
    enter_account(order.enterprise, number="6222020000445566")

    assert list(make_bank_file(run, by=cashier, now=ARRIVED)) == first == list(in_file(run))

    mark_sent(run, by=cashier, now=ARRIVED)
    with pytest.raises(Conflict):
        mark_sent(run, by=cashier, now=ARRIVED)
    assert Settlement.objects.get().state == "sending"


def test_only_finance_at_the_top_pays() -> None:
    order = make_earned()
    for officer in (make_officer(order.enterprise.unit, "finance"), make_member(order.enterprise)):
        with pytest.raises(NotAllowed):
            run_payouts("CNY", by=officer, now=ARRIVED)
    assert Payout.objects.count() == 0


@pytest.mark.parametrize("confirmed", [False, True])
def test_money_that_came_back_as_nobodys_is_counted_once(confirmed: bool) -> None:
    order = make_earned()
    cashier, before = make_cashier(), clearing()
    payout = make_paid_out(order, cashier) if confirmed else pay(cashier)[0]
    back = StatementRow("IN-9", "退汇", "某银行", EARNED, "CNY", ARRIVED.date())
    stored = confirm_transfer(back, by=cashier, now=ARRIVED)

    return_payout(payout, reason="closed", return_row_id="IN-9", by=cashier, now=ARRIVED)

    stored.refresh_from_db()
    assert (stored.state, clearing(), balance("unallocated", "CNY")) == ("came_back", before, NONE)
    assert wrong_in_the_books() == []


@pytest.mark.parametrize("other", ["another amount", "another payout"])
def test_return_with_a_number_of_something_else_changes_nothing(other: str) -> None:
    order, cashier = make_earned(), make_cashier()
    payout = make_paid_out(order, cashier)
    if other == "another amount":
        confirm_transfer(StatementRow("IN-9", "x", "y", Decimal(5), "CNY", ARRIVED.date()), by=cashier, now=ARRIVED)
    else:
        second = make_paid_out(make_earned("W2"), cashier, "OUT-2")
        return_payout(second, reason="closed", return_row_id="IN-9", by=cashier, now=ARRIVED)

    with pytest.raises(InvalidInput):
        return_payout(payout, reason="closed", return_row_id="IN-9", by=cashier, now=ARRIVED)

    assert (available(order.enterprise), Settlement.objects.get(payout=payout).state) == (NONE, "sent")
    assert wrong_in_the_books() == []


@pytest.mark.parametrize("number", ["", "OUT-1", " ＯＵＴ－１\u200b"])
def test_what_had_left_comes_back_by_a_movement_of_its_own(number: str) -> None:
    order, cashier = make_earned(), make_cashier()
    payout = make_paid_out(order, cashier)

    with pytest.raises(InvalidInput):
        return_payout(payout, reason="closed", return_row_id=number, by=cashier, now=ARRIVED)

    assert (available(order.enterprise), Settlement.objects.get().state) == (NONE, "sent")
    assert wrong_in_the_books() == []


def test_bank_takes_a_transfer_back_under_its_own_number() -> None:
    order, cashier, before = make_earned(), make_cashier(), clearing()
    payout = make_paid_out(order, cashier)
    back = StatementRow("OUT-1", "冲正", "某银行", EARNED, "CNY", ARRIVED.date())
    confirm_transfer(back, by=cashier, now=ARRIVED)

    return_payout(payout, reason="closed", return_row_id="OUT-1", by=cashier, now=ARRIVED)

    assert (available(order.enterprise), clearing(), balance("unallocated", "CNY")) == (EARNED, before, NONE)
    assert wrong_in_the_books() == []


@pytest.mark.parametrize("came", ["from a buyer", "a payout"])
def test_payout_leaves_with_no_number_of_money_that_came(came: str) -> None:
    order, cashier = make_earned(), make_cashier()
    before = make_paid_out(order, cashier)
    if came == "a payout":
        return_payout(before, reason="closed", return_row_id="IN-9", by=cashier, now=ARRIVED)
    else:
        confirm_transfer(StatementRow("IN-9", "x", "y", EARNED, "CNY", ARRIVED.date()), by=cashier, now=ARRIVED)
    make_earned("W2")
    (payout,) = pay(cashier)

    with pytest.raises(InvalidInput):
        confirm_payout(payout, bank_row_id="IN-9", by=cashier, now=ARRIVED)

    assert Settlement.objects.get(payout=payout).state == "sending"
