"""A bank transfer arrived: match it by reference, then by amount."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from orders.actions.settle_payment import apply_outcome
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
    """Stores the row once and settles the payment it names. Too little is held for a person; too much or too late is
    booked with its payment where it fits, and stays in the officers' queue by its state."""
    with transaction.atomic():
        existing = BankStatementRow.objects.filter(bank_row_id=row.row_id).first()
        if existing is not None:
            return existing
        payment = _payment_for(row.reference)
        stored = BankStatementRow.objects.create(
            bank_row_id=row.row_id,
            reference=row.reference,
            payer=row.payer,
            amount=row.amount,
            currency=row.currency,
            booked_on=row.booked_on,
            state=_state(row, payment),
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
        if by is not None:
            record_act(
                actor=by,
                action="transfer.confirmed",
                subject_kind="bank_row",
                subject_id=row.row_id,
                now=now,
                reference=row.reference,
                amount=str(row.amount),
            )
    return stored


def _payment_for(reference: str) -> Payment | None:
    """The newest transfer attempt of the purchase named; people type blanks and small letters."""
    number = "".join(reference.split()).upper()
    payments = Payment.objects.filter(gateway="bank_transfer", purchase__number=number)
    return payments.exclude(state=Payment.State.CANCELLED).order_by("-pk").first()


def _state(row: StatementRow, payment: Payment | None) -> str:
    if payment is None or row.currency != payment.currency:
        return R.UNMATCHED
    if payment.state == Payment.State.CAPTURED or row.amount > payment.amount:
        return R.OVERPAID
    if row.amount < payment.amount:
        return R.UNDERPAID
    waiting = payment.purchase.seller_orders.filter(state=SellerOrder.State.AWAITING_PAYMENT).exists()
    return R.MATCHED if waiting else R.LATE
