"""Stamp what a seller has earned, order its payout, and give the stamped postings free again when it did not arrive."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Min, Sum, Value
from django.utils import timezone

from market.common.ids import new_number
from market.common.states import check_move
from market.enterprises.models import Enterprise
from orders.ledger.book import Entry, K, book
from orders.ledger.models import LedgerTransaction, Payout, PayRun, Settlement, SettlementItem
from orders.ledger.payable import Numbers, free_postings, payables, waits
from orders.ledger.states import MOVES

S = Settlement.State


class _NothingLeftError(Exception):
    """Between the look and the stamp somebody else has taken it."""


def close_settlement(run: PayRun, enterprise_id: int, waiting: Numbers, *, now: datetime) -> Payout | None:
    """In a transaction of its own: settlement, items, payout, and the money moves to `payout_transit`. None when the
    seller cannot be paid now; looked at under the enterprise's row lock, which changes of state and account take too.
    """
    try:
        with transaction.atomic():
            lock_enterprise(enterprise_id)
            (found,) = payables(run.currency, waiting, [enterprise_id])
            if found.reason or found.account is None:
                return None
            settlement = Settlement.objects.create(
                run=run,
                enterprise_id=enterprise_id,
                currency=run.currency,
                period_from=timezone.localdate(now),
                period_to=timezone.localdate(now),
            )
            _stamp(settlement, waiting)
            _add_up(settlement)
            payout = Payout.objects.create(
                settlement=settlement, account=found.account, number=new_number("PO", now), amount=settlement.amount
            )
            _book_order(payout, now)
    except _NothingLeftError:
        return None
    return payout


def lock_enterprise(enterprise_id: int) -> Enterprise:
    return Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise_id)


def _stamp(settlement: Settlement, waiting: Numbers) -> None:
    """One statement: what is free is taken. Of two at once the second waits for the first at the unique index, and
    takes what is left."""
    free = free_postings(settlement.currency).filter(account__enterprise=settlement.enterprise_id)
    rows = free.exclude(waits(waiting)).order_by("pk")
    chosen = rows.values_list(Value(settlement.pk), "pk", Value(True))
    sql, params = chosen.query.sql_with_params()
    table, columns = SettlementItem._meta.db_table, '"settlement_id", "posting_id", "is_live"'
    statement = f'INSERT INTO "{table}" ({columns}) {sql} ON CONFLICT DO NOTHING'
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _add_up(settlement: Settlement) -> None:
    sums = settlement.items.aggregate(sum=Sum("posting__amount"), first=Min("posting__transaction__at"))
    if not sums["sum"] or sums["sum"] > 0:
        raise _NothingLeftError
    settlement.amount = -sums["sum"]
    settlement.period_from = timezone.localdate(sums["first"])
    settlement.save(update_fields=["amount", "period_from"])


def _book_order(payout: Payout, now: datetime) -> None:
    settlement = payout.settlement
    book(
        f"payout:{payout.number}",
        "payout",
        [
            Entry(K.SELLER_AVAILABLE, payout.amount, settlement.enterprise_id),
            Entry(K.PAYOUT_TRANSIT, -payout.amount),
        ],
        currency=settlement.currency,
        source=("payout", payout.number),
        now=now,
    )


def book_confirmed(payout: Payout, *, now: datetime) -> None:
    """The money has left our account. The caller holds the lock of `lock_payout`."""
    _move(payout.settlement, S.SENT)
    book(
        f"payout-paid:{payout.number}",
        "payout_paid",
        [Entry(K.PAYOUT_TRANSIT, payout.amount), Entry(K.CLEARING, -payout.amount)],
        currency=payout.settlement.currency,
        source=("payout", payout.number),
        now=now,
    )


def book_not_arrived(payout: Payout, to: str, *, now: datetime) -> None:
    """Reverses what was booked of it and gives its postings free, under the lock of `lock_payout`. `to`: RETURNED, or
    TAKEN_BACK while it has not been sent."""
    _move(payout.settlement, to)
    for transaction_row in LedgerTransaction.objects.filter(
        source_kind="payout", source_number=payout.number, reversal_of=None
    ).order_by("-pk"):
        postings = transaction_row.postings.select_related("account").order_by("pk")
        book(
            f"back:{transaction_row.key}",
            f"{transaction_row.kind}_back",
            [Entry(row.account.kind, -row.amount, row.account.enterprise_id) for row in postings],
            currency=payout.settlement.currency,
            source=("payout", payout.number),
            now=now,
            reversal_of=transaction_row,
        )
    payout.settlement.items.update(is_live=False)


def lock_payout(payout: Payout) -> Payout:
    """The enterprise first, as everybody locks, then the settlement with its payout."""
    lock_enterprise(payout.settlement.enterprise_id)
    settlement = Settlement.objects.select_for_update(of=("self",)).select_related("run").get(pk=payout.settlement_id)
    row = Payout.objects.select_related("account__enterprise").get(pk=payout.pk)
    row.settlement = settlement
    return row


def _move(settlement: Settlement, to: str) -> None:
    check_move(MOVES, settlement.state, to)
    settlement.state = to
    settlement.save(update_fields=["state"])
