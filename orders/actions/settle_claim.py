"""A claim ends: what was agreed goes back to the buyer, with its share of the commission, and the order is done when
nothing of it is outstanding."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from market.accounts.models import User
from market.common.deadlines.actions import close_deadline
from market.common.outbox.record import record_event
from market.common.states import check_move
from orders.actions.accept_delivery import complete_order, is_at_rest, keep_acceptance_clock
from orders.actions.book_refund import book_refund
from orders.actions.refund_payment import open_refund
from orders.claims.models import Claim, ClaimLine
from orders.claims.queries import refunded_by_line
from orders.claims.states import MOVES
from orders.orders.models import SellerOrder
from orders.payments.models import Allocation

S = Claim.State
ZERO = Decimal(0)


def lock_claim(claim: Claim) -> tuple[Claim, list[ClaimLine]]:
    """The order first, as everybody locks, then the claim; its lines in their order."""
    orders = SellerOrder.objects.select_for_update(of=("self",)).select_related("purchase", "enterprise")
    order = orders.get(pk=claim.seller_order_id)
    row = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    row.seller_order = order
    return row, list(row.lines.select_related("order_line"))


def settle(
    claim: Claim, lines: Sequence[ClaimLine], agreed: Mapping[int, Decimal], *, by: User | None, now: datetime
) -> Claim:
    """Under the locks of `lock_claim`; `agreed`: amount by key of the line. Effects: refund booked and sent, commission
    reversed in proportion, order completed when all of it has arrived or is settled, else its clock goes on. What a
    provider has taken back of a line is not given a second time.

    Raises IllegalMove.
    """
    check_move(MOVES, claim.state, S.SETTLED)
    left = _left_of(lines)
    for line in lines:
        line.agreed = min(agreed[line.pk], max(left[line.order_line_id], ZERO))
        left[line.order_line_id] -= line.agreed
    ClaimLine.objects.bulk_update(lines, ["agreed"])
    end(claim, S.SETTLED, now=now)
    order = claim.seller_order
    _give_back(claim, lines, now)
    if order.state == SellerOrder.State.IN_PROGRESS and is_at_rest(order):
        complete_order(order, by=by, reason=f"claim {claim.number} settled", now=now)
    keep_acceptance_clock(order, now=now)
    return claim


def _left_of(lines: Sequence[ClaimLine]) -> dict[int, Decimal]:
    """By order line: its price less what has gone back already."""
    back = refunded_by_line({line.order_line.seller_order_id for line in lines})
    return {line.order_line_id: line.order_line.total - back.get(line.order_line_id, ZERO) for line in lines}


def end(claim: Claim, to: str, *, now: datetime) -> None:
    """No clock of the claim goes on; an event tells both sides."""
    claim.state, claim.ended_at = to, now
    claim.save()
    close_deadline("claim.unanswered", claim.number)
    close_deadline("claim.unaccepted", claim.number)
    record_event("claim.ended", claim.number, now=now)


def _give_back(claim: Claim, lines: Sequence[ClaimLine], now: datetime) -> None:
    order = claim.seller_order
    amounts = {line.order_line_id: ZERO for line in lines}
    for line in lines:
        amounts[line.order_line_id] += line.agreed or ZERO
    total = sum(amounts.values(), ZERO)
    if not total:
        return
    book_refund(order, amounts, key=f"claim:{claim.number}", currency=claim.currency, now=now)
    left = total
    paid = Allocation.objects.select_related("payment").filter(seller_order=order, captured__gt=F("refunded"))
    for row in paid.order_by("pk"):
        amount = min(left, row.captured - row.refunded)
        if amount:
            key = f"claim-{claim.number}-{row.pk}"
            open_refund(row.payment, order, amount, key=key, reason=f"claim {claim.number}", now=now)
        left -= amount
    if left:
        raise ValueError(f"claim {claim.number} gives back {left} more than was paid")
