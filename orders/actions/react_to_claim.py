"""What a buyer does about an answer, or about none: takes it, asks an officer, or withdraws. What the clocks do."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from market.accounts.models import User
from market.common.deadlines.actions import close_deadline
from market.common.outbox.record import record_event
from market.common.quantity import plain
from market.common.states import check_move
from orders.actions.accept_delivery import keep_acceptance_clock
from orders.actions.settle_claim import end, lock_claim, settle
from orders.claims.errors import OfferChanged, SellerHasTime
from orders.claims.models import Claim
from orders.claims.states import ANSWER_WITHIN, MOVES, may_escalate_from

S = Claim.State
ZERO = Decimal(0)


def take_offer(claim: Claim, *, by: User | None, now: datetime, offered: Decimal | None = None) -> Claim:
    """The claim is settled as the seller answered, which may be with nothing. `offered`: the sum the buyer was shown.

    Raises IllegalMove without an answer, OfferChanged when it comes to another sum by now.
    """
    with transaction.atomic():
        row, lines = lock_claim(claim)
        check_move({S.ANSWERED: frozenset({S.SETTLED})}, row.state, S.SETTLED)
        offers = {line.pk: line.offered or ZERO for line in lines}
        total = sum(offers.values(), ZERO)
        if offered is not None and offered != total:
            raise OfferChanged(offered=plain(total), currency=row.currency)
        return settle(row, lines, offers, by=by, now=now)


def escalate_claim(claim: Claim, *, now: datetime) -> Claim:
    """An officer decides from now on. Raises SellerHasTime before the seller's time is over, IllegalMove."""
    with transaction.atomic():
        row, _lines = lock_claim(claim)
        check_move(MOVES, row.state, S.ESCALATED)
        if now < may_escalate_from(row):
            raise SellerHasTime(days=ANSWER_WITHIN.days)
        _escalate(row, now)
    return row


def withdraw_claim(claim: Claim, *, now: datetime) -> Claim:
    """As if it had never been made; the acceptance clock begins anew. Raises IllegalMove."""
    with transaction.atomic():
        row, _lines = lock_claim(claim)
        check_move(MOVES, row.state, S.WITHDRAWN)
        end(row, S.WITHDRAWN, now=now)
        keep_acceptance_clock(row.seller_order, now=now)
    return row


def on_unanswered(number: str, now: datetime) -> None:
    """Handler of the seller's deadline: an officer decides."""
    with transaction.atomic():
        row, _lines = lock_claim(Claim.objects.get(number=number))
        if row.state == S.OPEN:
            _escalate(row, now)


def on_unaccepted(number: str, now: datetime) -> None:
    """Handler of the buyer's deadline: who says nothing has taken the answer."""
    claim = Claim.objects.get(number=number)
    if claim.state == S.ANSWERED:
        take_offer(claim, by=None, now=now)


def _escalate(claim: Claim, now: datetime) -> None:
    claim.state, claim.escalated_at = S.ESCALATED, now
    claim.save()
    close_deadline("claim.unanswered", claim.number)
    close_deadline("claim.unaccepted", claim.number)
    record_event("claim.escalated", claim.number, now=now)
