from catalog.imports.models import ImportJob
from market.common.states import Moves

S = ImportJob.State

MOVES: Moves = {
    S.READING: frozenset({S.CHECKING, S.UNREADABLE}),
    S.CHECKING: frozenset({S.CHECKED, S.UNREADABLE}),
    S.CHECKED: frozenset({S.RUNNING}),
    S.RUNNING: frozenset({S.DONE, S.UNREADABLE}),
}
