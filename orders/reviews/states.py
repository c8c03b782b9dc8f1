"""The life of a review. Withdrawn is final: a second one of the same product of the same order is never written."""

from market.common.states import Moves
from orders.reviews.models import Review

S = Review.State

MOVES: Moves = {
    S.SHOWN: frozenset({S.HIDDEN, S.WITHDRAWN}),
    S.HIDDEN: frozenset({S.SHOWN, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}
