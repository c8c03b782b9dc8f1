"""The life of a claim."""

from datetime import datetime, timedelta
from enum import StrEnum

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


def answer_by(claim: Claim) -> datetime:
    """After that the buyer may go to an officer; `goes_to_officer_at` it goes there by itself."""
    return claim.filed_at + ANSWER_WITHIN


def goes_to_officer_at(claim: Claim) -> datetime:
    return claim.filed_at + ESCALATE_AFTER


def stands_at(claim: Claim) -> datetime | None:
    """When the seller's answer holds by itself; None without an answer."""
    return claim.answered_at + REACT_WITHIN if claim.answered_at else None


class Ending(StrEnum):
    WITHDRAWN = "withdrawn"  # by the buyer
    DECIDED = "decided"  # by an officer
    GRANTED = "granted"  # the seller gave back all that was wanted
    TAKEN = "taken"  # the buyer took the seller's answer
    LAPSED = "lapsed"  # the buyer said nothing to it in time


def how_it_ended(claim: Claim) -> Ending | None:
    """None while it is open. The caller has read its lines."""
    if claim.ended_at is None:
        return None
    if claim.state == S.WITHDRAWN:
        return Ending.WITHDRAWN
    if claim.decided_by_id is not None:
        return Ending.DECIDED
    if claim.agreed == claim.wanted:
        return Ending.GRANTED
    until = stands_at(claim)
    return Ending.LAPSED if until is not None and claim.ended_at >= until else Ending.TAKEN
