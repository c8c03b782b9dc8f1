"""Where a list by score goes on. Scores count how frequent words are in the whole index, so that each write moves them
a little: a key by score is read again as scores stand now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.engines.base import Hit, Key, SearchEngine, SearchRequest

SHOWN = 3  # hits a cursor remembers, to see by what their scores have moved
SAME = 1e-6
ALIKE = 0.02  # moves of what was written around them: hits of other words move by other shares
OWN = 0.2  # more is a change of the hit's own
Shown = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class _Move:
    """`share` of the score it had."""

    score: float
    now: float
    pid: str

    @property
    def share(self) -> float:
        return abs(self.now / self.score - 1) if self.score else abs(self.now)


def last_shown(before: Shown, hits: Sequence[Hit]) -> Shown:
    """Score and pid of the last hits of a list, those of earlier pages among them where this one has few."""
    return (*before, *((hit.score, hit.pid) for hit in hits[-SHOWN:]))[-SHOWN:]


def key_now(engine: SearchEngine, request: SearchRequest, key: Key, shown: Shown) -> Key:
    """The key as scores stand now, by one small search for the last hits shown, whether or not a filter or an officer
    has taken them out since. The last of them says it, if its score moved like that of those before it; one that was
    changed itself does not, nor one that is gone. Where none is left the key stays as it was."""
    asked = replace(
        request,
        only=tuple(pid for _, pid in shown),
        filters=(),
        hidden=(),
        chosen={},
        facets=(),
        after=None,
        offset=0,
        size=len(shown),
    )
    now = {hit.pid: hit.score for hit in engine.search(asked).hits}
    moves = [_Move(score, now[pid], pid) for score, pid in reversed(shown) if pid in now]
    moves = [move for move in moves if move.share <= OWN]
    if not moves:
        return key
    least = min(move.share for move in moves)
    guide = next(move for move in moves if move.share <= least + ALIKE)
    then = float(key.value or 0.0)
    if guide.share <= SAME:
        return key
    return replace(key, value=guide.now if guide.score == then else then * guide.now / guide.score)
