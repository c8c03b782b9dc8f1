"""Money on our account that fits no payment by itself: given to a purchase by hand or sent back, by two officers.

Whoever proposes does not confirm. A short payment is never accepted; what is too much goes back.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput
from orders.actions.confirm_transfer import StatementRow, book_arrival, locked_payment, transfer_state
from orders.actions.movements import is_movement_known
from orders.actions.settle_payment import apply_outcome
from orders.ledger.book import Entry, K, book
from orders.payments.errors import AmountDoesNotFit, NotPayableNow, SecondPersonNeeded
from orders.payments.gateways.base import Outcome
from orders.payments.models import BankStatementRow, Payment, TransferDecision

R = BankStatementRow.State
D = TransferDecision.State
Kind = TransferDecision.Kind
UNDECIDED = (R.UNMATCHED, R.UNDERPAID, R.OVERPAID)


def left_of(row: BankStatementRow) -> Decimal:
    """What no confirmed decision has disposed of yet."""
    gone: Decimal | None = row.decisions.filter(state=D.CONFIRMED).aggregate(sum=Sum("amount"))["sum"]
    amount: Decimal = row.amount
    return amount - (gone or Decimal(0))


def propose_match(row: BankStatementRow, payment: Payment, *, reason: str, by: User, now: datetime) -> TransferDecision:
    """The payment gets exactly what it asks for; what is left of the row afterwards can only go back.

    Raises InvalidInput without a reason, Conflict when the row is decided or a proposal is open, AmountDoesNotFit,
    NotPayableNow. Changes no money.
    """
    with transaction.atomic():
        locked = _open_row(row, reason)
        _check(locked, payment, left_of(locked))
        return _propose(locked, Kind.MATCH, payment.amount, payment, reason, by, now)


def propose_return(row: BankStatementRow, *, reason: str, by: User, now: datetime) -> TransferDecision:
    """Whatever is left of the row. Raises InvalidInput without a reason, Conflict as above. Changes no money."""
    with transaction.atomic():
        locked = _open_row(row, reason)
        return _propose(locked, Kind.SEND_BACK, left_of(locked), None, reason, by, now)


def confirm_decision(decision: TransferDecision, *, by: User, now: datetime, out_row_id: str = "") -> TransferDecision:
    """By another officer. A match is judged again, then settles the payment; a return needs the bank's number of the
    money that left. Both are booked, and the row leaves the queue when nothing is left of it.

    Raises SecondPersonNeeded, Conflict when it is decided already, InvalidInput at `out_row_id`, AmountDoesNotFit or
    NotPayableNow when the purchase has moved on in the meantime.
    """
    with transaction.atomic():
        payment = locked_payment(decision.payment)
        row = BankStatementRow.objects.select_for_update().get(pk=decision.row_id)
        fresh = TransferDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if fresh.state != D.PROPOSED or row.state not in UNDECIDED:
            raise Conflict()
        if fresh.proposed_by_id == by.pk:
            raise SecondPersonNeeded()
        book_arrival(row, now=now)
        if payment is not None:
            _check(row, payment, left_of(row))
        else:
            fresh.out_row_id = _number_of(out_row_id)
        _book_use(fresh, row, now)
        late = payment is not None and _settle(row, payment, now)
        fresh.state, fresh.decided_by, fresh.decided_at = D.CONFIRMED, by, now
        fresh.save(update_fields=["state", "decided_by", "decided_at", "out_row_id"])
        _move_on(row, fresh, is_late=late)
        _note("transfer.decided", fresh, row, by, now)
    return fresh


def withdraw_decision(decision: TransferDecision, *, by: User, now: datetime) -> TransferDecision:
    """By whoever proposed it or by the second officer who does not agree; the row is open again. Raises Conflict when
    it is decided already."""
    with transaction.atomic():
        fresh = TransferDecision.objects.select_for_update(of=("self",)).select_related("row").get(pk=decision.pk)
        if fresh.state != D.PROPOSED:
            raise Conflict()
        fresh.state, fresh.decided_by, fresh.decided_at = D.WITHDRAWN, by, now
        fresh.save(update_fields=["state", "decided_by", "decided_at"])
        _note("transfer.withdrawn", fresh, fresh.row, by, now)
    return fresh


def _open_row(row: BankStatementRow, reason: str) -> BankStatementRow:
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("please say why")})
    locked = BankStatementRow.objects.select_for_update().get(pk=row.pk)
    if locked.state not in UNDECIDED or locked.decisions.filter(state=D.PROPOSED).exists():
        raise Conflict()
    return locked


def _propose(
    row: BankStatementRow,
    kind: str,
    amount: Decimal,
    payment: Payment | None,
    reason: str,
    by: User,
    now: datetime,
) -> TransferDecision:
    decision = TransferDecision.objects.create(
        row=row,
        kind=kind,
        amount=amount,
        payment=payment,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=now,
    )
    _note("transfer.proposed", decision, row, by, now)
    return decision


def _check(row: BankStatementRow, payment: Payment, left: Decimal) -> None:
    """The payment still waits, in this currency, and what is left covers all it asks for."""
    number = payment.purchase.number
    if _state_for(row, payment) not in (R.MATCHED, R.LATE) or payment.parked_at is not None:
        raise NotPayableNow(number=number)
    if left < payment.amount:
        raise AmountDoesNotFit(
            number=number, asked=f"{payment.amount:.2f}", left=f"{left:.2f}", currency=payment.currency
        )


def _state_for(row: BankStatementRow, payment: Payment) -> str:
    """What exactly the amount asked for would be to this payment now."""
    asked = StatementRow(row.bank_row_id, "", row.payer, payment.amount, row.currency, row.booked_on)
    return transfer_state(asked, payment)


def _settle(row: BankStatementRow, payment: Payment, now: datetime) -> bool:
    """Whether it came too late: then it is booked and goes back as a refund of its own."""
    is_late = _state_for(row, payment) == R.LATE
    outcome = Outcome(
        payment.provider_ref,
        Payment.State.CAPTURED,
        amount=payment.amount,
        currency=payment.currency,
        captured=payment.amount,
    )
    apply_outcome(payment, outcome, now=now)
    return is_late


def _number_of(typed: str) -> str:
    number = typed.strip()
    if not number:
        raise InvalidInput(fields={"out_row_id": _("the bank's own number of the movement is needed")})
    if is_movement_known(number):
        raise InvalidInput(fields={"out_row_id": _("this movement stands on another refund or payout already")})
    return number


def _book_use(decision: TransferDecision, row: BankStatementRow, now: datetime) -> None:
    """Out of the unallocated money: into the payment, which books its own clearing, or out of the house."""
    kind = "bank_used" if decision.kind == Kind.MATCH else "bank_back"
    book(
        f"{kind}:{decision.pk}",
        kind,
        [Entry(K.UNALLOCATED, decision.amount), Entry(K.CLEARING, -decision.amount)],
        currency=row.currency,
        source=("bank_row", str(row.pk)),
        now=now,
    )


def _move_on(row: BankStatementRow, decision: TransferDecision, *, is_late: bool) -> None:
    """Nothing left: the row is done, as what its money became. Something left of a match: it is too much."""
    if decision.payment_id is not None:
        row.payment_id = decision.payment_id
    if left_of(row) > 0:
        row.state = R.OVERPAID
    elif row.decisions.filter(state=D.CONFIRMED, kind=Kind.MATCH).exists():
        row.state = R.LATE if is_late else R.MATCHED
    else:
        row.state = R.SENT_BACK
    row.save(update_fields=["state", "payment"])


def _note(action: str, decision: TransferDecision, row: BankStatementRow, by: User, now: datetime) -> None:
    record_act(
        actor=by,
        action=action,
        subject_kind="bank_row",
        subject_id=row.bank_row_id[:60],
        now=now,
        kind=decision.kind,
        amount=str(decision.amount),
        purchase=decision.payment.purchase.number if decision.payment else "",
        reason=decision.reason,
        out_row_id=decision.out_row_id,
    )
