"""Which engine answers: chosen by SEARCH_URL, or by the factory that MARKET_SEARCH_ENGINE names."""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from search.engines.base import Health, IndexMissing, Schema, SearchEngine
from search.engines.breaker import Guarded
from search.engines.database import DatabaseEngine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.tantivy import TantivyEngine
from search.products.models import SearchDocument
from search.products.schema import product_of, product_schema

Factory = Callable[[str, Schema], SearchEngine]
REMOTE_BUDGET = 0.8
# How long a finding about the index holds: a bad one is looked at again soon, for a reindex mends it.
GOOD_SECONDS, BAD_SECONDS = 30.0, 2.0


def make_engine(url: str, schema: Schema) -> SearchEngine:
    """`tantivy:///path`, `http(s)://user:password@host`, or `database:`."""
    parts = urlsplit(url)
    if parts.scheme == "tantivy":
        return TantivyEngine(Path(unquote(parts.netloc + parts.path)))
    if parts.scheme in ("http", "https"):
        replicas = settings.SEARCH_INDEX_REPLICAS
        return ElasticsearchEngine(url, prefix=settings.SEARCH_INDEX_PREFIX, replicas=replicas, schema=schema)
    return database_engine()


def database_engine() -> DatabaseEngine:
    return DatabaseEngine(SearchDocument.objects.all, _other_columns)


def _other_columns(pid: str) -> dict[str, Any]:
    product_id, channel = product_of(pid)
    return {"product_id": product_id, "channel": channel}


class Desk:
    """The configured engine with its fallback and breaker, one per process. `written`: the engines beside the database
    rows that every change is written to."""

    def __init__(self, main: SearchEngine, schema: Schema, *, budget: float | None, clock: Callable[[], float]) -> None:
        self.schema = schema
        self.main = main
        is_rows = isinstance(main, DatabaseEngine)
        engines: Sequence[SearchEngine] = [main] if is_rows else [main, database_engine()]
        self.guarded = Guarded(engines, budget=budget, clock=clock)
        self.written: tuple[SearchEngine, ...] = () if is_rows else (main,)
        self._clock = clock
        self._checked: tuple[float, Health] | None = None
        self._next_look = clock()

    def health(self) -> Health:
        return self.main.health(self.schema.version)

    def require_index(self, engine: SearchEngine) -> None:
        """Raises IndexMissing when the index is of another version. Looked at now and then, not on each search."""
        if engine.code != self.main.code or not self.written:
            return
        if self._checked is None or self._clock() >= self._checked[0]:
            health = self.health()
            self._checked = (self._clock() + (BAD_SECONDS if health.problem else GOOD_SECONDS), health)
        if self._checked[1].schema_version not in ("", self.schema.version):
            raise IndexMissing(self._checked[1].problem)

    def is_time_to_look(self) -> bool:
        """For the worker's look at the index: at once, then every half minute."""
        if self._clock() < self._next_look:
            return False
        self._next_look = self._clock() + GOOD_SECONDS
        return True

    def forget_check(self) -> None:
        self._checked = None


def forget_desk() -> None:
    """As in a process that starts now."""
    _desk.cache_clear()


def search_desk() -> Desk:
    return _desk(settings.SEARCH_URL, settings.MARKET_SEARCH_ENGINE, settings.SEARCH_INDEX_PREFIX)


@lru_cache(maxsize=4)
def _desk(url: str, factory_path: str, prefix: str) -> Desk:
    schema = product_schema()
    factory: Factory = import_string(factory_path)
    is_remote = urlsplit(url).scheme in ("http", "https")
    return Desk(factory(url, schema), schema, budget=REMOTE_BUDGET if is_remote else None, clock=time.monotonic)
