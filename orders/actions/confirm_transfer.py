"""A bank transfer arrived: match it by reference, then by amount."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict
from market.common.plain_text import plain_code
from orders.actions.settle_payment import apply_outcome
from orders.ledger.book import Entry, K, book
from orders.orders.models import SellerOrder
from orders.payments.gateways.base import Outcome
from orders.payments.models import BankStatementRow, Payment

R = BankStatementRow.State


@dataclass(frozen=True)
class StatementRow:
    """`row_id` is the bank's own id of the movement: the same row twice is one."""

    row_id: str
    reference: str
    payer: str
    amount: Decimal
    currency: str
    booked_on: date


def confirm_transfer(row: StatementRow, *, by: User | None, now: datetime) -> BankStatementRow:
    """Stores the row once and settles the payment it names. What is too late is booked and goes back by itself; too
    little, too much or without a payment is booked as unallocated and waits for two officers (`decide_transfer`).

    Raises Conflict when the bank's number is stored with another amount, currency or day.
    """
    try:
        with transaction.atomic():
            return _existing(row) or _store(row, by=by, now=now)
    except IntegrityError:  # somebody else confirmed the same row at the same time
        existing = _existing(row)
        if existing is None:
            raise
        return existing


def _existing(row: StatementRow) -> BankStatementRow | None:
    stored = BankStatementRow.objects.filter(bank_row_id=row.row_id).first()
    if stored is not None and not is_same(stored, row):
        raise Conflict()
    return stored


def is_same(stored: BankStatementRow, row: StatementRow) -> bool:
    """Whether both tell of one movement; payer and reference may be written otherwise."""
    return (stored.amount, stored.currency, stored.booked_on) == (row.amount, row.currency, row.booked_on)


def _store(row: StatementRow, *, by: User | None, now: datetime) -> BankStatementRow:
    payment = locked_payment(transfers_named([row.reference]).get(reference_key(row.reference)))
    stored = BankStatementRow.objects.create(
        bank_row_id=row.row_id,
        reference=row.reference,
        payer=row.payer,
        amount=row.amount,
        currency=row.currency,
        booked_on=row.booked_on,
        state=transfer_state(row, payment),
        payment=payment,
        entered_by=by,
        entered_at=now,
    )
    if payment is not None and stored.state in (R.MATCHED, R.LATE):
        outcome = Outcome(
            payment.provider_ref,
            Payment.State.CAPTURED,
            amount=row.amount,
            currency=row.currency,
            captured=row.amount,
        )
        apply_outcome(payment, outcome, now=now)
    else:
        book_arrival(stored, now=now)
    if by is not None:
        record_act(
            actor=by,
            action="transfer.confirmed",
            subject_kind="bank_row",
            subject_id=row.row_id[:60],
            now=now,
            reference=row.reference,
            amount=str(row.amount),
            state=stored.state,
        )
    return stored


def book_arrival(row: BankStatementRow, *, now: datetime) -> None:
    """The money is on our account, though nobody knows yet whose it is. Once per row."""
    book(
        f"bank_in:{row.pk}",
        "bank_in",
        [Entry(K.CLEARING, row.amount), Entry(K.UNALLOCATED, -row.amount)],
        currency=row.currency,
        source=("bank_row", str(row.pk)),
        now=now,
    )


def locked_payment(payment: Payment | None) -> Payment | None:
    """Judged under the locks settling takes, in its order: of two rows for one payment the second finds it paid."""
    if payment is None:
        return None
    list(
        SellerOrder.objects.select_for_update().filter(purchase_id=payment.purchase_id).order_by("pk").values_list("pk")
    )
    return Payment.objects.select_for_update(of=("self",)).select_related("purchase").get(pk=payment.pk)


def reference_key(reference: str) -> str:
    """People type blanks, wide and small letters."""
    return plain_code(reference).upper()


def transfers_named(references: Iterable[str]) -> dict[str, Payment]:
    """The newest transfer attempt of each purchase named, by reference key. Two statements."""
    numbers = {reference_key(reference) for reference in references}
    payments = (
        Payment.objects.filter(gateway="bank_transfer", purchase__number__in=numbers)
        .exclude(state=Payment.State.CANCELLED)
        .select_related("purchase")
        .prefetch_related("purchase__seller_orders")
    )
    return {payment.purchase.number: payment for payment in payments.order_by("pk")}


def transfer_state(row: StatementRow, payment: Payment | None) -> str:
    """What this row is to the payment as it stands now."""
    if payment is None or row.currency != payment.currency:
        return R.UNMATCHED
    if payment.state == Payment.State.CAPTURED or row.amount > payment.amount:
        return R.OVERPAID
    if row.amount < payment.amount:
        return R.UNDERPAID
    orders = payment.purchase.seller_orders.all()
    return R.MATCHED if any(order.state == SellerOrder.State.AWAITING_PAYMENT for order in orders) else R.LATE
