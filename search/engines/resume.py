"""Where a list by score goes on. Scores count how frequent words are in the whole index, so that each write moves them
a little: a key by score is read again as scores stand now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from search.engines.base import EngineAnswer, Hit, Key, SearchEngine, SearchRequest

SHOWN = 5  # hits a cursor remembers, to see by what their scores have moved and to show none of them again
SAME = 1e-6
ALIKE = 0.02  # moves of what was written around them: hits of other words move by other shares
OWN = 0.2  # more is a change of the hit's own
Shown = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class _Move:
    """A score as it was and as it is; `share`: by how much of itself it moved, up or down."""

    score: float
    now: float

    @property
    def share(self) -> float:
        return self.now / self.score - 1 if self.score else inf

    def is_like(self, other: "_Move") -> bool:
        """Scores that were equal stay equal, unless one of the hits was changed itself."""
        return abs(self.share - other.share) <= (SAME if self.score == other.score else ALIKE)


def last_shown(before: Shown, hits: Sequence[Hit]) -> Shown:
    """Score and pid of the last hits of a list, those of earlier pages among them where this one has few."""
    return (*before, *((hit.score, hit.pid) for hit in hits[-SHOWN:]))[-SHOWN:]


def search_behind(engine: SearchEngine, request: SearchRequest, key: Key, shown: Shown) -> EngineAnswer:
    """The page behind the key. Where scores have moved, hits may have changed places: those shown do not come again."""
    if not shown:
        return engine.search(replace(request, after=key))
    now = key_now(engine, request, key, shown)
    if now == key:
        return engine.search(replace(request, after=key))
    answer = engine.search(replace(request, after=now, size=request.size + len(shown)))
    seen = {pid for _, pid in shown}
    fresh = [hit for hit in answer.hits if hit.pid not in seen]
    hits = tuple(fresh[: request.size])
    last = replace(answer.last, value=hits[-1].score, pid=hits[-1].pid) if hits and answer.last else answer.last
    return replace(answer, hits=hits, last=last, has_more=answer.has_more or len(fresh) > len(hits))


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
    moves = [_Move(score, now[pid]) for score, pid in reversed(shown) if pid in now]
    moves = [move for move in moves if _size(move) <= OWN]
    if not moves:
        return key
    usual = _median(moves) if len(moves) > 2 else min(moves, key=_size)
    guide = next(move for move in moves if move.is_like(usual))
    then = float(key.value or 0.0)
    if _size(guide) <= SAME:
        return key
    return replace(key, value=guide.now if guide.score == then else then * guide.now / guide.score)


def _median(moves: Sequence[_Move]) -> _Move:
    return sorted(moves, key=lambda move: move.share)[len(moves) // 2]


def _size(move: _Move) -> float:
    return abs(move.share)
