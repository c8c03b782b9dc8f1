from market.common.states import Moves
from market.enterprises.models import Enterprise

S = Enterprise.State

MOVES: Moves = {
    S.DRAFT: frozenset({S.SUBMITTED}),
    S.SUBMITTED: frozenset({S.UNDER_REVIEW, S.RETURNED, S.APPROVED}),
    S.UNDER_REVIEW: frozenset({S.RETURNED, S.APPROVED}),
    S.RETURNED: frozenset({S.SUBMITTED}),
    S.APPROVED: frozenset({S.SUSPENDED}),
    S.SUSPENDED: frozenset({S.APPROVED}),
}
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
# Who moves it: the firm itself hands in, everything else is an officer's.
BY_MEMBERS = frozenset({S.SUBMITTED})
NEEDS_REASON = frozenset({S.RETURNED, S.SUSPENDED})
