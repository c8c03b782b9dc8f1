"""State tables: the allowed moves of a row, readable in ten seconds."""

from collections.abc import Mapping

from market.common.errors import IllegalMove

Moves = Mapping[str, frozenset[str]]


def check_move(moves: Moves, current: str, wanted: str) -> None:
    """Raises IllegalMove(current, wanted) unless the table allows the move."""
    if wanted not in moves.get(current, frozenset()):
        raise IllegalMove(current=current, wanted=wanted)
