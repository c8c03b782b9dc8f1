"""Which engine answers: chosen by SEARCH_URL, or by the factory that MARKET_SEARCH_ENGINE names."""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from search.engines.base import MISSING, UNFIT, EngineError, Health, IndexUnfit, Schema, SearchEngine
from search.engines.breaker import FIRST_WAIT, LONGEST_WAIT, Breaker, Guarded
from search.engines.database import DatabaseEngine
from search.engines.tantivy import TantivyEngine
from search.products.models import SearchDocument
from search.products.schema import product_of, product_schema

if TYPE_CHECKING:
    from search.engines.elasticsearch import ElasticsearchEngine

Factory = Callable[[str, Schema], SearchEngine]
BUDGET = 0.8  # seconds of one search, all its passes together; afterwards the next engine answers
# How long a finding about the index holds: a bad one is looked at again soon, for a reindex mends it.
GOOD_SECONDS, BAD_SECONDS = 30.0, 2.0
LOCAL_SECONDS = 1.0  # on disk it costs nothing to look


def make_engine(url: str, schema: Schema) -> SearchEngine:
    """`tantivy:///path`, `http(s)://user:password@host`, or `database:`."""
    parts = urlsplit(url)
    if parts.scheme == "tantivy":
        return TantivyEngine(Path(unquote(parts.netloc + parts.path)))
    if parts.scheme in ("http", "https"):
        # Its client costs 20 MB in each process: only where it is used.
        engine: type[ElasticsearchEngine] = import_string("search.engines.elasticsearch.ElasticsearchEngine")
        replicas = settings.SEARCH_INDEX_REPLICAS
        return engine(url, prefix=settings.SEARCH_INDEX_PREFIX, replicas=replicas, schema=schema)
    return database_engine()


def database_engine() -> DatabaseEngine:
    return DatabaseEngine(SearchDocument.objects.all, _other_columns)


def _other_columns(pid: str) -> dict[str, Any]:
    product_id, channel = product_of(pid)
    return {"product_id": product_id, "channel": channel}


class Desk:
    """The configured engine with its fallbacks and breaker, one per process. `written`: the engines beside the database
    rows that every change is written to."""

    def __init__(
        self,
        engines: Sequence[SearchEngine],
        schema: Schema,
        *,
        budget: float | None,
        clock: Callable[[], float],
        is_remote: bool = False,
    ) -> None:
        self.schema = schema
        self.main = engines[0]
        self.written = tuple(engine for engine in engines if not isinstance(engine, DatabaseEngine))
        # To look at a broken index on disk costs nothing: mended, it answers again soon.
        breaker = Breaker(clock, longest_wait=LONGEST_WAIT if is_remote else FIRST_WAIT)
        self.guarded = Guarded([*self.written, database_engine()], breaker=breaker, budget=budget, clock=clock)
        self._clock = clock
        self._good_seconds = GOOD_SECONDS if is_remote else LOCAL_SECONDS
        self._checked: dict[str, tuple[float, Health]] = {}
        self._next_look = clock()

    def health(self) -> Health:
        return self.main.health(self.schema.version)

    def require_index(self, engine: SearchEngine) -> str:
        """The generation that answers, as last seen. Raises IndexUnfit when the index is of another version or not
        ours. Looked at now and then, not on each search."""
        if engine.code not in [written.code for written in self.written]:
            return engine.code
        health = self._health_of(engine, self._good_seconds)
        self._refuse_unfit(health)
        return f"{engine.code}:{health.generation}"

    def require_fit(self, engine: SearchEngine) -> None:
        """Before a write, which may not go into what another program has built a moment ago. Raises IndexUnfit."""
        self._refuse_unfit(self._health_of(engine, LOCAL_SECONDS))

    def _health_of(self, engine: SearchEngine, seconds: float) -> Health:
        """Looked at within so many seconds, or two when something was wrong."""
        at, health = self._checked.get(engine.code, (0.0, None))
        if health is None or self._clock() >= at + (min(seconds, BAD_SECONDS) if health.problem else seconds):
            health = engine.health(self.schema.version)
            self._checked[engine.code] = (self._clock(), health)
        return health

    def _refuse_unfit(self, health: Health) -> None:
        if health.cause == UNFIT or health.schema_version not in ("", self.schema.version):
            raise IndexUnfit(health.problem)

    def require_any(self) -> None:
        """Raises EngineError when nothing that is written beside the rows can be used, as last seen, though it is
        there: to make documents for it would be in vain."""
        healths = [self._health_of(engine, LOCAL_SECONDS) for engine in self.written]
        if healths and all(health.problem and health.cause != MISSING for health in healths):
            self._refuse_unfit(healths[0])
            raise EngineError(healths[0].problem, healths[0].cause)

    def is_time_to_look(self) -> bool:
        """For the worker's look at the index: at once, then every half minute."""
        if self._clock() < self._next_look:
            return False
        self._next_look = self._clock() + GOOD_SECONDS
        return True

    def forget_check(self) -> None:
        self._checked.clear()

    def forget_good(self) -> None:
        """An engine did not answer that was found well: it is looked at again before it is asked again."""
        self._checked = {code: found for code, found in self._checked.items() if found[1].problem}


def forget_desk() -> None:
    """As in a process that starts now."""
    _desk.cache_clear()


def search_desk() -> Desk:
    urls = tuple(filter(None, (settings.SEARCH_URL, settings.SEARCH_FALLBACK_URL)))
    return _desk(urls, settings.MARKET_SEARCH_ENGINE, settings.SEARCH_INDEX_PREFIX)


@lru_cache(maxsize=4)
def _desk(urls: tuple[str, ...], factory_path: str, prefix: str) -> Desk:
    schema = product_schema()
    factory: Factory = import_string(factory_path)
    is_remote = urlsplit(urls[0]).scheme in ("http", "https")
    engines = [factory(url, schema) for url in urls]
    return Desk(engines, schema, budget=BUDGET, clock=time.monotonic, is_remote=is_remote)
