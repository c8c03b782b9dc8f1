"""The life of a claim."""

from datetime import datetime, timedelta

from market.common.states import Moves
from orders.claims.models import Claim

S = Claim.State
CLAIM_WITHIN = timedelta(days=14)  # after acceptance; before it, as long as the goods are not accepted
ANSWER_WITHIN = timedelta(days=3)  # then the buyer may go to an officer
ESCALATE_AFTER = timedelta(days=7)  # unanswered so long, the claim goes to an officer by itself
REACT_WITHIN = timedelta(days=7)  # a buyer who says nothing to an answer has taken what it offers

MOVES: Moves = {
    S.OPEN: frozenset({S.ANSWERED, S.ESCALATED, S.SETTLED, S.WITHDRAWN}),
    S.ANSWERED: frozenset({S.ANSWERED, S.ESCALATED, S.SETTLED, S.WITHDRAWN}),
    S.ESCALATED: frozenset({S.SETTLED, S.WITHDRAWN}),
    S.SETTLED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


def may_escalate_from(claim: Claim) -> datetime:
    """At once after an answer, else when the seller's time is over."""
    return claim.filed_at if claim.state == S.ANSWERED else claim.filed_at + ANSWER_WITHIN
