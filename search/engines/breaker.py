"""Who answers when an engine is away. Per process: a broken one is left alone for a while, then tried by one search."""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from search.engines.base import (
    EngineAnswer,
    EngineError,
    EngineTimeout,
    IndexMissing,
    SearchEngine,
    SearchRequest,
)

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Clock = Callable[[], float]
WINDOW, FIRST_WAIT, LONGEST_WAIT = 10.0, 15.0, 300.0  # seconds
MAX_FAILURES, MAX_TIMEOUTS = 5, 3


class Breaker:
    """Five failures or three timeouts within ten seconds open it for 15 s. Then one search may probe; each failed probe
    doubles the wait, up to five minutes. Safe for threads."""

    def __init__(self, clock: Clock = time.monotonic, *, longest_wait: float = LONGEST_WAIT) -> None:
        self._clock = clock
        self._longest_wait = longest_wait
        self._mutex = threading.Lock()
        self._failures: deque[tuple[float, bool]] = deque()
        self._open_until: float | None = None
        self._wait = FIRST_WAIT
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    def may_try(self) -> bool:
        with self._mutex:
            if self._open_until is None:
                return True
            if self._is_probing or self._clock() < self._open_until:
                return False
            self._is_probing = True
            return True

    def note_success(self) -> bool:
        """One success says nothing about a closed breaker's other searches: their failures still count. Returns
        whether it was open."""
        with self._mutex:
            if self._open_until is None:
                return False
            self._open_until, self._wait, self._is_probing = None, FIRST_WAIT, False
            self._failures.clear()
            return True

    def note_failure(self, *, is_timeout: bool) -> bool:
        """Returns whether it opened now."""
        now = self._clock()
        with self._mutex:
            if self._open_until is not None:
                if self._is_probing:
                    self._wait = min(self._wait * 2, self._longest_wait)
                    self._open_until, self._is_probing = now + self._wait, False
                return False
            self._failures.append((now, is_timeout))
            while self._failures and self._failures[0][0] <= now - WINDOW:
                self._failures.popleft()
            timeouts = sum(1 for _, late in self._failures if late)
            if len(self._failures) >= MAX_FAILURES or timeouts >= MAX_TIMEOUTS:
                self._open_until = now + self._wait
            return self._open_until is not None

    def give_back_probe(self) -> None:
        """The probe ended without a word about the engine (a wrong request, say): the next search may probe."""
        with self._mutex:
            self._is_probing = False


@dataclass(frozen=True)
class Served(Generic[Answer]):
    """`engine` is the code of the one that answered; `degraded`: it was not the first choice, or did not get to the
    end, for this `reason`."""

    answer: Answer
    engine: str
    degraded: bool
    reason: str = ""


class Guarded:
    """Engines in order of preference, the first one guarded by a breaker; the last one's errors are not caught.

    `budget` in seconds holds for all passes of one search together: each is told what is left, and none is begun after
    it. An engine that stands in for another has half of it at least. Nobody stands in for the last one: what it did not
    find in time is not found."""

    def __init__(
        self,
        engines: Sequence[SearchEngine],
        *,
        breaker: Breaker | None = None,
        budget: float | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.engines = tuple(engines)
        self.breaker = breaker or Breaker(clock)
        self._budget = budget
        self._clock = clock

    def run(self, search: Callable[[SearchEngine], Answer]) -> Served[Answer]:
        """Raises what `search` raises but EngineError, which moves on to the next engine."""
        reason = ""
        end = None if self._budget is None else self._clock() + self._budget
        for engine in self.engines[:-1]:
            is_first = engine is self.engines[0]
            if is_first and not self.breaker.may_try():
                reason = f"{engine.code}: left alone for a while after failures"
                continue
            try:
                answer = search(cast("SearchEngine", _Timed(engine, self._until(end), self._clock)))
            except EngineError as error:
                reason = f"{engine.code}: {error}"
                if is_first:
                    self._note(engine, error)
                continue
            except BaseException:
                if is_first:
                    self.breaker.give_back_probe()
                raise
            if is_first and self.breaker.note_success():
                logger.warning("search: %s answers again", engine.code)
            return Served(answer, engine.code, not is_first, reason)
        last = _Last(self.engines[-1], self._until(end), self._clock)
        answer = search(cast("SearchEngine", last))
        return Served(answer, self.engines[-1].code, len(self.engines) > 1 or last.is_cut, reason or last.reason)

    def _until(self, end: float | None) -> float:
        if end is None or self._budget is None:
            return math.inf
        return max(end, self._clock() + self._budget / 2)

    def _note(self, engine: SearchEngine, error: EngineError) -> None:
        """A missing index is no sign of a sick server, and asking again is cheap."""
        if isinstance(error, IndexMissing):
            self.breaker.give_back_probe()
        else:
            if self.breaker.note_failure(is_timeout=isinstance(error, EngineTimeout)):
                logger.warning(
                    "search: %s is left alone for a while after failures, the last one: %s", engine.code, error
                )


class _Timed:
    """The engine until a deadline; everything but searching is as it was."""

    def __init__(self, engine: SearchEngine, deadline: float, clock: Clock) -> None:
        self._engine = engine
        self._deadline = deadline
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def search(self, request: SearchRequest) -> EngineAnswer:
        if self._deadline == math.inf:
            return self._engine.search(request)
        left = self._deadline - self._clock()
        if left <= 0:
            raise EngineTimeout("the time for one search is used up")
        return self._engine.search(replace(request, seconds=left))


class _Last(_Timed):
    """The engine nobody stands in for: after its deadline it finds nothing more."""

    reason = ""

    @property
    def is_cut(self) -> bool:
        return bool(self.reason)

    def search(self, request: SearchRequest) -> EngineAnswer:
        try:
            return super().search(request)
        except EngineTimeout as error:
            self.reason = f"{self._engine.code}: {error}"
            return EngineAnswer((), 0, {facet.name: () for facet in request.facets})
