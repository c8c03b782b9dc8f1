"""The last resort: documents as rows of the database. Always there, filters and facets exactly, ranks by weights alone.

It is handed its rows (a queryset of a model with the columns of `COLUMNS`) and imports no model. Writes go in place:
there is one generation, so readers never see an empty table.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import DatabaseError, connection

from market.common.bulk import write_values
from market.common.time_limit import TimeIsOver, time_limit
from search.engines.base import (
    TOTAL_CAP,
    Deletion,
    Document,
    EngineAnswer,
    EngineError,
    EngineTimeout,
    FacetRequest,
    Health,
    Schema,
    SearchRequest,
)
from search.engines.database_match import (
    Row,
    condition_of,
    filter_condition,
    keyword_text,
    matches,
    token_text,
)
from search.engines.database_page import Page, Rows, page_of

FACETS_UNDER = 10_000
BATCH = 500
GENERATION = "rows"
COLUMNS = ("pid", "tokens", "keywords", "numbers", "show", "version", "is_gone", "written_at")


class DatabaseEngine:
    """`extra` gives the model's other columns, from a pid. A deleted document stays as an empty row that remembers its
    version, or an older write could bring it back; `forget_gone` removes those rows later."""

    code = "database"

    def __init__(self, rows: Callable[[], Rows], extra: Callable[[str], Mapping[str, Any]] = lambda pid: {}) -> None:
        self._rows = rows
        self._extra = extra
        self._generation = GENERATION

    # ------------------------------------------------------------------ upkeep

    def create(self, schema: Schema, generation: str) -> None:
        pass

    def swap(self, generation: str) -> None:
        self._generation = generation

    def drop(self, generation: str) -> None:
        pass

    def refresh(self) -> None:
        pass

    def generations(self) -> Sequence[tuple[str, datetime]]:
        return [(self._generation, datetime(2000, 1, 1, tzinfo=UTC))]

    def write(
        self, documents: Iterable[Document], deletions: Iterable[Deletion] = (), *, generation: str | None = None
    ) -> None:
        """One statement per 500, in the order of pids. The version is compared where the row is written, so that of two
        writers at once the newer one wins even where neither found a row."""
        changes: dict[str, Document | Deletion] = {}
        both: tuple[Document | Deletion, ...] = (*documents, *deletions)
        for change in both:
            known = changes.get(change.pid)
            if known is None or change.version > known.version:
                changes[change.pid] = change
        pids = sorted(changes)
        for start in range(0, len(pids), BATCH):
            with _our_errors():
                self._write([changes[pid] for pid in pids[start : start + BATCH]])

    def _write(self, changes: Sequence[Document | Deletion]) -> None:
        model = self._rows().model
        moment = model._meta.get_field("written_at").get_db_prep_save(datetime.now(UTC), connection)
        extra = [self._extra(change.pid) for change in changes]
        rows = [
            (change.pid, *content_of(change), change.version, isinstance(change, Deletion), moment, *more.values())
            for change, more in zip(changes, extra, strict=True)
        ]
        names = (*COLUMNS, *extra[0])
        write_values(model, names, rows, unique=["pid"], update=COLUMNS[1:], newer="version")

    def forget_gone(self, before: datetime) -> int:
        return self._rows().filter(is_gone=True, written_at__lt=before).delete()[0]

    # ------------------------------------------------------------------ reading

    def search(self, request: SearchRequest, *, generation: str | None = None) -> EngineAnswer:
        """At most four statements: count, page (two where it crosses the ranked part), facets. With `request.seconds`
        they are ended where they stand when the time is over: EngineTimeout, or no facets where the hits were ready."""
        until = math.inf if request.seconds is None else time.monotonic() + request.seconds
        with _our_errors(), time_limit(request.seconds):
            base = self._base(request)
            found = base.filter(*(filter_condition(wanted) for wanted in request.chosen.values()))
            total = found.count()
            page = page_of(found, request, total) if total and request.size else Page([])
        facets: dict[str, tuple[tuple[str, int], ...]] = {facet.name: () for facet in request.facets}
        left = None if until == math.inf else until - time.monotonic()
        if facets and (left is None or left > 0):
            with suppress(EngineTimeout), _our_errors(), time_limit(left):
                facets = _count(base, request)
        return EngineAnswer(tuple(page.hits), min(total, TOTAL_CAP), facets, page.last, page.has_more)

    def count(self, *, generation: str | None = None) -> int:
        with _our_errors():
            return self._standing().count()

    def versions(self, pids: Sequence[str], *, generation: str | None = None) -> Mapping[str, int]:
        with _our_errors():
            return dict(self._standing().filter(pid__in=list(pids)).values_list("pid", "version"))

    def health(self, schema_version: str) -> Health:
        try:
            return Health(self._generation, schema_version, self.count())
        except EngineError as error:
            return Health("", "", 0, str(error))

    def _standing(self) -> Rows:
        return self._rows().filter(is_gone=False)

    def _base(self, request: SearchRequest) -> Rows:
        """All but the chosen facets."""
        rows = self._standing().filter(*(filter_condition(wanted) for wanted in request.filters))
        if request.must is not None:
            rows = rows.filter(condition_of(request.must))
        for node in request.excluded:
            rows = rows.exclude(condition_of(node))
        if request.only:
            rows = rows.filter(pid__in=request.only)
        return rows.exclude(pid__in=request.hidden) if request.hidden else rows


def content_of(change: Document | Deletion) -> tuple[str, str, str, str]:
    """Tokens, keywords, numbers, show; the last two as JSON."""
    if isinstance(change, Deletion):
        return "", "", "{}", "{}"
    return (
        token_text(change.streams),
        keyword_text(change.keywords, change.flags),
        orjson.dumps(dict(change.numbers)).decode(),
        change.show_json.decode(),
    )


def _count(base: Rows, request: SearchRequest) -> dict[str, tuple[tuple[str, int], ...]]:
    """One statement for all facets, counted here. Over too many rows there are no counts, rather than slow ones."""
    read = [
        Row.read("", keywords, numbers)
        for keywords, numbers in base.values_list("keywords", "numbers")[: FACETS_UNDER + 1]
    ]
    if len(read) > FACETS_UNDER:
        return {facet.name: () for facet in request.facets}
    found = {}
    for facet in request.facets:
        others = [wanted for name, wanted in request.chosen.items() if name != facet.name]
        rows = [row for row in read if all(matches(row, wanted) for wanted in others)]
        found[facet.name] = _buckets(rows, facet) if facet.buckets else _values(rows, facet)
    return found


def _values(rows: Iterable[Row], facet: FacetRequest) -> tuple[tuple[str, int], ...]:
    values = (value for row in rows for value in row.values(facet.field))
    counts = Counter(value for value in values if value.startswith(facet.prefix) and facet.only in ("", value))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: facet.size])


def _buckets(rows: Iterable[Row], facet: FacetRequest) -> tuple[tuple[str, int], ...]:
    numbers = [row.numbers[facet.field] for row in rows if facet.field in row.numbers]
    return tuple(
        (str(place), sum(1 for n in numbers if (low is None or n >= low) and (high is None or n < high)))
        for place, (low, high) in enumerate(facet.buckets)
    )


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except TimeIsOver as error:
        raise EngineTimeout("no whole answer in time") from error
    except DatabaseError as error:
        raise EngineError(f"{type(error).__name__}: {error}") from error
