"""State tables: the allowed moves of a row, readable in ten seconds."""

from collections.abc import Mapping

from market.common.errors import IllegalMove

Moves = Mapping[str, frozenset[str]]


def can_move(moves: Moves, current: str, wanted: str) -> bool:
    return wanted in moves.get(current, frozenset())


def check_move(moves: Moves, current: str, wanted: str) -> None:
    """Raises IllegalMove(current, wanted) unless the table allows the move."""
    if not can_move(moves, current, wanted):
        raise IllegalMove(current=current, wanted=wanted)
