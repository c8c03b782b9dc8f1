"""What the bank did with a payout: it left, or it came back. A finance officer at the top says so, with the bank's own
number."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput
from market.common.outbox.record import record_event
from market.enterprises.actions.payout_account import restrict_returned
from orders.actions.movements import has_left_with, is_movement_known, plain_movement
from orders.actions.pay_sellers import check_pays
from orders.ledger.book import Entry, K, book
from orders.ledger.models import Payout, Settlement
from orders.ledger.settle import book_confirmed, book_not_arrived, lock_payout
from orders.ledger.states import MOVES
from orders.payments.models import BankStatementRow, TransferDecision

S = Settlement.State
WITHDRAWN = TransferDecision.State.WITHDRAWN


def confirm_payout(payout: Payout, *, bank_row_id: str, by: User, now: datetime) -> Payout:
    """Books the money out of transit. The same number again changes nothing.

    Raises NotAllowed, InvalidInput without a number or with one that stands elsewhere, Conflict when it is not at the
    bank.
    """
    check_pays(by, now)
    number = plain_movement(bank_row_id)
    if not number:
        raise InvalidInput(fields={"bank_row_id": _("the bank's own number of the movement is needed")})
    with transaction.atomic():
        row = lock_payout(payout)
        if row.settlement.state == S.SENT and row.bank_row_id == number:
            return row
        if S.SENT not in MOVES.get(row.settlement.state, ()):
            raise Conflict()
        if is_movement_known(number):
            raise InvalidInput(fields={"bank_row_id": _taken()})
        book_confirmed(row, now=now)
        row.bank_row_id, row.confirmed_at = number, now
        try:
            with transaction.atomic():
                row.save(update_fields=["bank_row_id", "confirmed_at"])
        except IntegrityError as error:  # another payout was confirmed with it at the same time
            raise InvalidInput(fields={"bank_row_id": _taken()}) from error
        _tell("payout.confirmed", row, by, now, bank_row_id=number)
    return row


def return_payout(payout: Payout, *, reason: str, return_row_id: str = "", by: User, now: datetime) -> Payout:
    """The bank sent it back, or never carried it out. Effects: both bookings reversed, as far as they were made; the
    earnings are open again, netted with what has come since; the account is restricted until an officer has looked; a
    mail tells the firm. `return_row_id`: the bank's number of the money that came back, needed once it had left: else
    the statement's line would be counted as somebody else's money, too. When a statement has stored it as money of
    nobody, it is no longer.

    Raises NotAllowed, InvalidInput without a reason or that number, or with one that stands elsewhere, Conflict when it
    is not at the bank and has not left.
    """
    check_pays(by, now)
    reason, number = reason.strip(), plain_movement(return_row_id)
    if not reason:
        raise InvalidInput(fields={"reason": _("say why, as the bank put it: the firm reads it")})
    with transaction.atomic():
        row = lock_payout(payout)
        if S.RETURNED not in MOVES.get(row.settlement.state, ()):
            raise Conflict()
        if row.settlement.state == S.SENT and not number:
            raise InvalidInput(fields={"return_row_id": _("the bank's own number of the movement is needed")})
        book_not_arrived(row, S.RETURNED, now=now)
        row.return_reason, row.return_row_id, row.ended_at = reason, number, now
        _use_up(row, now)
        try:
            with transaction.atomic():
                row.save(update_fields=["return_reason", "return_row_id", "ended_at"])
        except IntegrityError as error:  # it stands on another payout
            raise InvalidInput(fields={"return_row_id": _taken()}) from error
        restrict_returned(row.account, reason, by=by, now=now)
        _tell("payout.returned", row, by, now, reason=reason, return_row_id=row.return_row_id)
    return row


def _use_up(payout: Payout, now: datetime) -> None:
    """Money a statement has brought in as nobody's, though it is this payout: out of the unallocated again, since the
    reversal has booked it. Raises InvalidInput when it is not exactly that any more, and for a number of money that
    left, unless a statement has money in with it, too: some banks take a transfer back under its own number."""
    stored = BankStatementRow.objects.select_for_update().filter(bank_row_id=payout.return_row_id).first()
    if stored is None:
        if payout.return_row_id and has_left_with(payout.return_row_id):
            raise InvalidInput(fields={"return_row_id": _taken()})
        return
    is_free = (
        stored.state == BankStatementRow.State.UNMATCHED and not stored.decisions.exclude(state=WITHDRAWN).exists()
    )
    if not is_free or (stored.amount, stored.currency) != (payout.amount, payout.settlement.currency):
        raise InvalidInput(fields={"return_row_id": _("this movement is stored as other money")})
    book(
        f"bank_used:payout:{payout.number}",
        "bank_used",
        [Entry(K.UNALLOCATED, stored.amount), Entry(K.CLEARING, -stored.amount)],
        currency=stored.currency,
        source=("bank_row", str(stored.pk)),
        now=now,
    )
    stored.state = BankStatementRow.State.CAME_BACK
    stored.save(update_fields=["state"])


def _taken() -> str:
    return _("this movement stands on another refund or payout already")


def _tell(action: str, payout: Payout, by: User, now: datetime, **details: str) -> None:
    enterprise = payout.settlement.enterprise
    record_act(
        actor=by,
        action=action,
        subject_kind="enterprise",
        subject_id=enterprise.number,
        now=now,
        payout=payout.number,
        amount=str(payout.amount),
        **details,
    )
    record_event("payout.moved", payout.number, now=now, state=payout.settlement.state)
