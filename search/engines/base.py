"""The engine port: frozen values in and out. Every engine, ours or a user's, passes the shared contract test
(`tests/search/engines/contract.py`). `MARKET_SEARCH_ENGINE` names a factory by dotted path."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import orjson

from search.query.tree import Bonus, Filter, Node

KINDS = ("keyword", "number", "flag")
STREAMS = ("words", "body", "bi", "py", "u")


@dataclass(frozen=True)
class Field:
    """A filterable field beside the streams. Kinds: `keyword` (several strings), `number` (one integer, sortable),
    `flag` (one boolean)."""

    name: str
    kind: str


@dataclass(frozen=True)
class Schema:
    """`version` names schema, analysis, dictionary and library: another version means another index."""

    fields: tuple[Field, ...]
    version: str

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Name -> kind."""
        return {field.name: field.kind for field in self.fields}

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Kind -> names."""
        return {kind: frozenset(field.name for field in self.fields if field.kind == kind) for kind in KINDS}


@dataclass(frozen=True)
class Document:
    """`streams`: space-separated tokens, never empty (sentinel `_`). `version` orders writes of the same `pid`."""

    pid: str
    streams: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    flags: Mapping[str, bool]
    show: Mapping[str, Any]
    version: int

    @cached_property
    def show_json(self) -> bytes:
        """Both the index and the row of the database keep it."""
        return orjson.dumps(dict(self.show))


@dataclass(frozen=True)
class Deletion:
    pid: str
    version: int


@dataclass(frozen=True)
class FacetRequest:
    """Counts of a keyword field's values, or of a number field's buckets `[low, high)` in that order. `prefix` keeps
    only values that begin so: attributes defined later live in one field as `name=value`. `only` keeps one value."""

    name: str
    field: str
    prefix: str = ""
    only: str = ""
    buckets: tuple[tuple[int | None, int | None], ...] = ()
    size: int = 50


@dataclass(frozen=True)
class Sort:
    """`field` empty: by score, best first. Ties go by `pid`, ascending, bytewise."""

    field: str = ""
    descending: bool = False


@dataclass(frozen=True)
class Key:
    """Where a hit stands in the order: its score, or the number sorted by (None: it has none and stands last), and
    among equals its `pid`. `mark` is a note of the engine that made the key, for itself alone. `drifts`: a score that
    moves when other documents are written."""

    value: float | int | None
    pid: str
    mark: int = 0
    drifts: bool = False


@dataclass(frozen=True)
class SearchRequest:
    """`must` None browses. `filters` hold for hits and for every facet; `chosen` (facet name -> filter) hold for hits
    and for every other facet but its own. `excluded`: trees of earlier passes, whose hits are not to come again.
    `only`: nothing but these pids, when there are any. The page begins behind `after`, the last key of an answer, in
    the order as it is now, whether or not its hit is still there; without one at `offset`. Totals and facets count all.
    `with_show` False: who asks has what is shown from elsewhere, and an engine may leave it empty. `seconds`: what is
    left for this answer, or None for what the engine itself thinks right; later it raises EngineTimeout, if it can."""

    must: Node | None = None
    excluded: tuple[Node, ...] = ()
    filters: tuple[Filter, ...] = ()
    hidden: tuple[str, ...] = ()  # pids that never appear
    only: tuple[str, ...] = ()
    chosen: Mapping[str, Filter] = field(default_factory=dict)
    facets: tuple[FacetRequest, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    sort: Sort = Sort()
    after: Key | None = None
    offset: int = 0
    size: int = 24
    session: str = ""
    with_show: bool = True
    seconds: float | None = None


@dataclass(frozen=True)
class Hit:
    pid: str
    score: float
    show: Mapping[str, Any]


@dataclass(frozen=True)
class EngineAnswer:
    """`total` counts up to TOTAL_CAP exactly. `facets`: name -> ((value or bucket index as text, count), ...). `last`:
    the key of the last hit, if there is one; `has_more`: others follow it."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    last: Key | None = None
    has_more: bool = False


@dataclass(frozen=True)
class Health:
    """`generation` is the index that answers now, empty when there is none; `problem` says in words what is wrong,
    `cause` is the cause of an EngineError."""

    generation: str
    schema_version: str
    documents: int
    problem: str = ""
    cause: str = ""


TOTAL_CAP = 10_000
# What may be wrong with an engine.
MISSING = "missing"  # there is no index
UNFIT = "unfit"  # there is one that is not ours
AWAY = "away"  # no answer, or none in time
REFUSED = "refused"  # wrong name or password
BLOCKED = "blocked"  # nothing is taken: too busy, too full, closed
DISK = "disk"  # of an embedded index: full, or not ours
BROKEN = "broken"  # it cannot be read


class EngineError(Exception):
    """The engine is away, locked, broken or too slow: ask the fallback. A wrong request is not one of these. `cause`
    tells what is to be done about it."""

    cause = BROKEN

    def __init__(self, text: str, cause: str = "") -> None:
        super().__init__(text)
        self.cause = cause or self.cause


class EngineTimeout(EngineError):
    cause = AWAY


class IndexMissing(EngineError):
    """There is no index: ask the fallback, and for a reindex."""

    cause = MISSING


class IndexUnfit(IndexMissing):
    """There is one, but of another version or not ours: nothing is read from it or written to it until a reindex."""

    cause = UNFIT


class SearchEngine(Protocol):
    code: str

    def create(self, schema: Schema, generation: str) -> None:
        """An empty index beside the live one."""
        ...

    def write(
        self, documents: Iterable[Document], deletions: Iterable[Deletion] = (), *, generation: str | None = None
    ) -> None:
        """Into the live index, or the named one. Visible to `search` within a second. A write with a version that is
        not newer than the stored one changes nothing."""
        ...

    def search(self, request: SearchRequest, *, generation: str | None = None) -> EngineAnswer:
        """In the live index, or in the named one before it answers anybody."""
        ...

    def count(self, *, generation: str | None = None) -> int: ...

    def versions(self, pids: Sequence[str], *, generation: str | None = None) -> Mapping[str, int]:
        """Versions of those that are in the index."""
        ...

    def swap(self, generation: str) -> None:
        """From now on this generation answers; the step is atomic."""
        ...

    def generations(self) -> Sequence[tuple[str, datetime]]:
        """All that exist with the time they were made, the live one among them."""
        ...

    def drop(self, generation: str) -> None: ...

    def refresh(self) -> None:
        """What was written is visible after this returns (tests and swaps; never on a request)."""
        ...

    def health(self, schema_version: str) -> Health: ...
