"""A page of the database's rows: by a number, or by score among the newest and then by age.

Which rows are ranked must not change between two pages, or a product that came in meanwhile would push another one out
of the ranked part and show it twice: a key of that part notes the oldest row that belongs to it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from search.engines.base import Hit, Key, SearchRequest
from search.engines.database_match import Row, score_of

RANKED = 200
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Page:
    hits: list[Hit]
    last: Key | None = None
    has_more: bool = False


def page_of(found: Rows, request: SearchRequest, total: int) -> Page:
    """One statement, or two where the page crosses the end of the ranked part. Behind a key one row more than the page
    is read, which tells whether others follow."""
    size = request.size + (request.after is not None)
    placed = _by_number(found, request, size) if request.sort.field else _by_score(found, request, size)
    shown = placed[: request.size]
    if not shown:
        return Page([])
    has_more = len(placed) > request.size if request.after else request.offset + len(shown) < total
    return Page([hit for hit, _ in shown], shown[-1][1], has_more)


Placed = list[tuple[Hit, Key]]


def _by_number(found: Rows, request: SearchRequest, size: int) -> Placed:
    name = f"numbers__{request.sort.field}"
    order = F(name).desc(nulls_last=True) if request.sort.descending else F(name).asc(nulls_last=True)
    start = request.offset
    if request.after is not None:
        found, start = found.filter(_behind(request.after, request)), 0
    rows = found.order_by(order, "pid").values_list("pid", "show", name)[start : start + size]
    return [(Hit(pid, 0.0, show), Key(number, pid)) for pid, show, number in rows]


def _behind(key: Key, request: SearchRequest) -> Q:
    field = request.sort.field
    numberless, later = ~Q(numbers__has_key=field), Q(pid__gt=key.pid)
    if key.value is None:
        return numberless & later
    beyond = Q(**{f"numbers__{field}__{'lt' if request.sort.descending else 'gt'}": key.value})
    return beyond | Q(**{f"numbers__{field}": key.value}) & later | numberless


def _by_score(found: Rows, request: SearchRequest, size: int) -> Placed:
    """A key of the ranked part has a score, one of the rest only the row it stands for."""
    key, newest = request.after, found.order_by("-pk")
    if key is not None and key.value is None:
        return _by_age(newest.filter(pk__lt=key.mark), 0, size)
    if key is None:
        first, last = request.offset, request.offset + size
        ranked, oldest = _ranked(newest[:RANKED], request) if first < RANKED else ([], 0)
        placed = _placed(ranked[first:last], oldest)
        return placed + (_by_age(newest, max(first, RANKED), last) if last > RANKED else [])
    # Of rows that came in since, as many are looked at as there is time for: those next to the ones there were.
    since, _ = _ranked(found.filter(pk__gte=key.mark).order_by("pk")[: 2 * RANKED], request)
    ranked = [hit for hit in since if (-hit.score, hit.pid) > (-float(key.value or 0), key.pid)]
    placed = _placed(ranked[:size], key.mark)
    left = size - len(placed)
    return placed + (_by_age(newest.filter(pk__lt=key.mark), 0, left) if left and key.mark else [])


def _ranked(rows: Rows, request: SearchRequest) -> tuple[list[Hit], int]:
    """Best first, and the oldest of them; 0 when there are no others."""
    read = list(rows)
    hits = [Hit(row.pid, score_of(Row.read(row.tokens, row.keywords, row.numbers), request), row.show) for row in read]
    oldest = min(row.pk for row in read) if len(read) >= RANKED else 0
    return sorted(hits, key=lambda hit: (-hit.score, hit.pid)), oldest


def _placed(hits: list[Hit], oldest: int) -> Placed:
    return [(hit, Key(hit.score, hit.pid, oldest)) for hit in hits]


def _by_age(newest: Rows, start: int, end: int) -> Placed:
    rows: Any = newest.values_list("pid", "show", "pk")[start:end]
    return [(Hit(pid, 0.0, show), Key(None, pid, pk)) for pid, show, pk in rows]
