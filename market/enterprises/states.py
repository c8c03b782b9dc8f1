from market.common.states import Moves
from market.enterprises.models import Enterprise

S = Enterprise.State

MOVES: Moves = {
    S.DRAFT: frozenset({S.SUBMITTED}),
    S.SUBMITTED: frozenset({S.UNDER_REVIEW, S.RETURNED, S.APPROVED, S.REJECTED}),
    S.UNDER_REVIEW: frozenset({S.RETURNED, S.APPROVED, S.REJECTED}),
    S.RETURNED: frozenset({S.SUBMITTED}),
    # A firm has one credit code and one file: a rejected one can be taken up again, by an officer only.
    S.REJECTED: frozenset({S.UNDER_REVIEW}),
    S.APPROVED: frozenset({S.SUSPENDED}),
    S.SUSPENDED: frozenset({S.APPROVED}),
}
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
# Who moves it: the firm itself hands in, everything else is an officer's.
BY_MEMBERS = frozenset({S.SUBMITTED})
WAITING = frozenset({S.SUBMITTED, S.UNDER_REVIEW})


def needs_reason(here: str, to: str) -> bool:
    """Whoever is sent back, turned away or stopped is told why; so is the file when that is undone."""
    return to in (S.RETURNED, S.REJECTED, S.SUSPENDED) or here in (S.SUSPENDED, S.REJECTED)
