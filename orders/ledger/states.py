"""Moves of a settlement and its payout: marketplace.md, 3.4."""

from market.common.states import Moves
from orders.ledger.models import Settlement

S = Settlement.State

MOVES: Moves = {
    S.CLOSED: frozenset({S.SENDING, S.TAKEN_BACK}),
    S.SENDING: frozenset({S.SENT, S.RETURNED}),
    # A bank may send money back days after it has left.
    S.SENT: frozenset({S.RETURNED}),
}
UNDER_WAY = (S.CLOSED, S.SENDING)
LIVE = (*UNDER_WAY, S.SENT)
