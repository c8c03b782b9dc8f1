"""A pay run: close what sellers can be paid, freeze the bank file, say that the bank has it. By finance officers at the
top of the tree."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.errors import Conflict, NotAllowed
from market.common.ids import new_number
from market.enterprises.models import Enterprise, PayoutAccount
from orders.claims.queries import orders_that_wait
from orders.ledger.errors import NobodyToPay
from orders.ledger.models import Payout, PayRun, Settlement
from orders.ledger.payable import Payable, payables
from orders.ledger.settle import book_not_arrived, close_settlement, lock_payout

S = Settlement.State


def sellers_to_pay(currency: str) -> list[Payable]:
    """Everybody with something available or owed, with what the next run pays or why not. Three statements."""
    return payables(currency, orders_that_wait())


def run_payouts(currency: str, *, by: User, now: datetime) -> PayRun:
    """Effects: for each seller who can be paid a settlement over everything available, and its payout ordered, each in
    a transaction of its own: what stops half-way is finished by the next run, and two at once pay once.

    Raises NotAllowed, NobodyToPay.
    """
    check_pays(by, now)
    sellers = [seller.enterprise.pk for seller in sellers_to_pay(currency) if not seller.reason]
    if not sellers:
        raise NobodyToPay()
    run = PayRun.objects.create(number=new_number("PR", now, 6), currency=currency, made_by=by, made_at=now)
    pay = partial(close_settlement, run, waiting=orders_that_wait(), now=now)
    ordered = [payout for payout in map(pay, sellers) if payout is not None]
    if not ordered:
        run.delete()
        raise NobodyToPay()
    total = sum(payout.amount for payout in ordered)
    _note("payouts.ordered", run, by, now, payouts=len(ordered), total=str(total))
    return run


def make_bank_file(run: PayRun, *, by: User, now: datetime) -> QuerySet[Payout]:
    """The payouts of the file. The first time freezes it: who can no longer be paid, since the account changed or the
    seller was suspended after the run, is taken out, and gets the money with a later one. Each time stands in the log,
    since the file holds account numbers. Raises NotAllowed."""
    check_pays(by, now)
    with transaction.atomic():
        row = PayRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if row.filed_at is None:
            for payout in payouts_in(row).order_by("settlement__enterprise_id"):
                _take_out_if_blocked(payout, now)
            row.filed_at = now
            row.save(update_fields=["filed_at"])
        _note("payouts.file", row, by, now)
    return in_file(row)


def mark_sent(run: PayRun, *, by: User, now: datetime) -> PayRun:
    """The bank has the file. Raises NotAllowed, Conflict when there is no file yet or it is marked already."""
    check_pays(by, now)
    with transaction.atomic():
        row = PayRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if row.filed_at is None or row.sent_at is not None:
            raise Conflict()
        row.sent_by, row.sent_at = by, now
        row.save(update_fields=["sent_by", "sent_at"])
        row.settlements.filter(state=S.CLOSED).update(state=S.SENDING)
        _note("payouts.sent", row, by, now)
    return row


def payouts_in(run: PayRun) -> QuerySet[Payout]:
    rows = Payout.objects.filter(settlement__run=run)
    return rows.select_related("settlement__enterprise", "account__enterprise").order_by("pk")


def in_file(run: PayRun) -> QuerySet[Payout]:
    """All but those taken out; the same whatever became of them."""
    return payouts_in(run).exclude(settlement__state=S.TAKEN_BACK)


def _take_out_if_blocked(payout: Payout, now: datetime) -> None:
    row = lock_payout(payout)
    if row.account.state == PayoutAccount.State.ACTIVE and row.account.enterprise.state == Enterprise.State.APPROVED:
        return
    book_not_arrived(row, S.TAKEN_BACK, now=now)
    row.ended_at = now
    row.save(update_fields=["ended_at"])


def check_pays(by: User, now: datetime) -> None:
    """A post of finance at the top of the tree: payouts cross all regiments. Raises NotAllowed."""
    if not posts_of(by, now, Post.Role.FINANCE).filter(unit__parent=None).exists():
        raise NotAllowed()


def _note(action: str, run: PayRun, by: User, now: datetime, **details: object) -> None:
    record_act(actor=by, action=action, subject_kind="pay_run", subject_id=run.number, now=now, **details)
