"""Behind a key: where the next page of a tantivy searcher begins.

An order by number is narrowed to what stands behind, so that a deep page costs what the first one does. A score is no
field: hits are ranked from the first on, and those up to the key left out."""

from bisect import bisect_left, bisect_right
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from search.engines.base import Key, SearchRequest
from search.engines.fit import LARGEST, SMALLEST
from search.engines.tantivy_query import PID, PID_HEAD, PID_TAIL, SCALE
from search.engines.tantivy_rows import halves, whole_pid

Ranked = list[tuple[Any, tantivy.DocAddress]]


def narrowed(schema: tantivy.Schema, query: Query, request: SearchRequest) -> Query:
    """Without what stands before the key in an order by number, and up to its pid among equals."""
    field = request.sort.field
    if request.after is None or not field:
        return query
    value = request.after.value
    if value is None:
        return _without(query, Query.exists_query(field), _up_to(schema, request.after.pid))
    equal = Query.range_query(schema, field, FieldType.Integer, int(value), int(value))
    tied = Query.boolean_query([(Occur.Must, equal), (Occur.Must, _up_to(schema, request.after.pid))])
    low, high = (int(value) + 1, None) if request.sort.descending else (None, int(value) - 1)
    if value == (LARGEST if request.sort.descending else SMALLEST):  # none stands before it
        return _without(query, tied)
    return _without(query, Query.range_query(schema, field, FieldType.Integer, low, high), tied)


def _without(query: Query, *unwanted: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, each) for each in unwanted)])


def _up_to(schema: tantivy.Schema, pid: str) -> Query:
    """Pids up to this one, by the sixteen bytes that stand in two numbers; of a longer one, what differs there."""
    head, tail = halves(pid)
    last = tail if whole_pid(head, tail) else tail - 1
    parts = []
    if head:
        parts.append(Query.range_query(schema, PID_HEAD, FieldType.Unsigned, None, head - 1))
    if last >= 0:
        same = Query.range_query(schema, PID_HEAD, FieldType.Unsigned, head, head)
        below = Query.range_query(schema, PID_TAIL, FieldType.Unsigned, None, last)
        parts.append(Query.boolean_query([(Occur.Must, same), (Occur.Must, below)]))
    return Query.boolean_query([(Occur.Should, part) for part in parts]) if parts else Query.empty_query()


def place_behind(searcher: tantivy.Searcher, ranked: Ranked, key: Key, *, by_score: bool) -> int:
    """How many of these ranked hits stand up to the key. Those of its own score or number are told apart by pid."""
    if by_score:
        score = float(key.value or 0.0)
        start = bisect_left(ranked, -score, key=lambda hit: -_lucenes(hit[0]))
        end = bisect_right(ranked, -score, key=lambda hit: -_lucenes(hit[0]))
    elif whole_pid(*halves(key.pid)):
        return 0
    else:
        start, end = 0, next((n for n, hit in enumerate(ranked) if hit[0] != key.value), len(ranked))
    tied = pids_of(searcher, [address for _, address in ranked[start:end]])
    return start + sum(pid.encode() <= key.pid.encode() for pid in tied)


def _lucenes(score: Any) -> float:
    return float(score) / SCALE


def pids_of(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[str]:
    """Out of the two numbers that hold their first sixteen bytes; only longer ones are read from the store."""
    heads = searcher.fast_field_values(PID_HEAD, addresses)
    tails = searcher.fast_field_values(PID_TAIL, addresses)
    return [
        whole_pid(head, tail) or str(searcher.doc(address)[PID][0])
        for head, tail, address in zip(heads, tails, addresses, strict=True)
    ]
