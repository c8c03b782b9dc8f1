"""The life of a seller order. Payment, delivery and claims are derived elsewhere: they never share this table."""

from datetime import datetime

from market.accounts.models import User
from market.common.states import Moves, check_move
from orders.orders.models import OrderEvent, SellerOrder

S = SellerOrder.State
BUYERS_WISH = "cancelled by the buyer"  # stands as the reason where the buyer gave none

MOVES: Moves = {
    S.AWAITING_PAYMENT: frozenset({S.AWAITING_SELLER, S.EXPIRED, S.CANCELLED}),
    S.AWAITING_SELLER: frozenset({S.IN_PROGRESS, S.DECLINED, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.COMPLETED}),
    S.COMPLETED: frozenset(),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
    S.DECLINED: frozenset(),
}


def transition(order: SellerOrder, to: str, *, by: User | None, reason: str, now: datetime) -> None:
    """Moves the order and leaves an event row. The caller holds the order's row lock.

    `by` None means the clock or a provider; `reason` then says which. Raises IllegalMove.
    """
    check_move(MOVES, order.state, to)
    OrderEvent.objects.create(seller_order=order, from_state=order.state, to_state=to, by=by, reason=reason, at=now)
    order.state = to
    order.state_changed_at = now
    order.save(update_fields=["state", "state_changed_at"])
