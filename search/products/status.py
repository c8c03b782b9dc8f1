"""What search works with at this moment, for officers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from search.products.actions.ask_rebuild import is_rebuild_waiting
from search.products.actions.check_index import SETTLED, dead_changes, oldest_change
from search.products.engine import search_desk
from search.products.models import IndexGeneration, SearchDocument

GENERATIONS = 10


@dataclass(frozen=True)
class SearchStatus:
    """`answers` is the engine that would answer now; `problem` says why it is not the configured one, or what is wrong
    with it, `cause` of which kind that is. `generation` is empty where there is no index. `last_error`: why the oldest
    change that waits was not written when it was tried."""

    configured: str
    answers: str
    problem: str
    cause: str
    generation: str
    documents: int
    rows: int
    lag: timedelta
    last_error: str
    dead: int
    is_rebuild_waiting: bool
    generations: tuple[IndexGeneration, ...]

    @property
    def is_degraded(self) -> bool:
        return self.answers != self.configured

    @property
    def is_late(self) -> bool:
        return self.lag >= SETTLED


def search_status(now: datetime) -> SearchStatus:
    """Asks the engines, not the breaker alone: another process may have had the failures. Five statements."""
    desk = search_desk()
    healths = [(engine, engine.health(desk.schema.version)) for engine in desk.guarded.engines]
    main, health = healths[0]
    oldest = oldest_change(now)
    answers = next((engine for engine, found in healths if not found.problem), desk.guarded.engines[-1])
    return SearchStatus(
        configured=main.code,
        answers=answers.code,
        problem=health.problem,
        cause=health.cause,
        generation=health.generation,
        documents=health.documents,
        rows=SearchDocument.objects.filter(is_gone=False).count(),
        lag=now - oldest.created_at if oldest else timedelta(0),
        last_error=oldest.error if oldest else "",
        dead=dead_changes().count(),
        is_rebuild_waiting=is_rebuild_waiting(),
        generations=tuple(IndexGeneration.objects.order_by("-pk")[:GENERATIONS]),
    )
