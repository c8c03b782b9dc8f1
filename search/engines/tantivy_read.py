"""Reading from a tantivy searcher: ranked pages with ties by pid, stored versions, disjunctive facets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
import tantivy
from tantivy import Order, Query

from search.engines.base import FacetRequest, Hit, Key, SearchRequest
from search.engines.tantivy_after import Ranked, narrowed, pids_of, place_behind
from search.engines.tantivy_query import PID, PID_HEAD, PID_TAIL, SCALE, SHOW, VERSION, Translator
from search.query.tree import Filter, HasValue

TIE_CAP = 1_000
AHEAD = 4
MORE = 8  # times as many, where still more are equal
_EXACT_TERMS = 10_000
MANY = 1_000
_INSIDE = "\x00inside"  # among the names of facets
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Page:
    """`ranked`: score or number with the address; `total` counts all hits."""

    ranked: Ranked
    total: int
    has_more: bool


def rank(searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, request: SearchRequest) -> Page:
    """The page and the number of all hits. tantivy leaves equal ones in internal order: as many are fetched as may be
    equal, at first up to TIE_CAP, and those around the page sorted by pid. Scores are often equal, and to fetch more
    costs next to nothing beside a second search; numbers seldom are."""
    if not request.size:
        return Page([], int(_search(searcher, query, request, limit=1).count), has_more=False)
    rest = narrowed(schema, query, request)
    likely = _likely_start(request) + request.size
    limit = max(likely, min(AHEAD * likely, TIE_CAP) if request.sort.field else TIE_CAP) + 1
    while True:
        found = _search(searcher, rest, request, limit=limit)
        ranked: Ranked = found.hits
        first = request.offset
        if request.after is not None:
            first = place_behind(searcher, ranked, request.after, by_score=not request.sort.field)
        last = first + request.size
        if len(ranked) < limit or (last < limit and ranked[-1][0] != ranked[last - 1][0]):
            break
        limit = max(TIE_CAP + 1, MORE * limit)
    total = found.count if rest is query else _search(searcher, query, request, limit=1).count
    return Page(_page(searcher, ranked, first, last), int(total), has_more=last < found.count)


def _likely_start(request: SearchRequest) -> int:
    """A score's key notes how many hits stood up to it; an order by number begins behind the key."""
    if request.after is None:
        return request.offset
    return 0 if request.sort.field else request.after.mark


def _search(searcher: tantivy.Searcher, query: Query, request: SearchRequest, *, limit: int) -> Any:
    """The limit is never 0, which would panic."""
    if not request.sort.field:
        return searcher.search(query, limit=limit)
    order = Order.Desc if request.sort.descending else Order.Asc
    return searcher.search(query, limit=limit, order_by_field=request.sort.field, order=order)


def _page(searcher: tantivy.Searcher, ranked: Ranked, first: int, last: int) -> Ranked:
    """Hits `first` to `last`, settled with those they are equal to on either side."""
    last = min(last, len(ranked))
    if first >= last:
        return []
    start, end = first, last
    while start and ranked[start - 1][0] == ranked[first][0]:
        start -= 1
    while end < len(ranked) and ranked[end][0] == ranked[last - 1][0]:
        end += 1
    around = groupby(ranked[start:end], itemgetter(0))
    return [hit for _, tied in around for hit in _settled(searcher, list(tied))][first - start : last - start]


def _settled(searcher: tantivy.Searcher, tied: Ranked) -> Ranked:
    """Hits of one score or number by pid; the engine has them in order beyond that, those without a number last. What
    tells pids apart is read as far as it must be: eight bytes, sixteen, all."""
    if len(tied) < 2:
        return tied
    addresses = [address for _, address in tied]
    keys: list[Any] = searcher.fast_field_values(PID_HEAD, addresses)
    if len(set(keys)) < len(keys):
        keys = list(zip(keys, searcher.fast_field_values(PID_TAIL, addresses), strict=True))
    if len(set(keys)) < len(keys):
        keys = [str(searcher.doc(address)[PID][0]).encode() for address in addresses]
    return [tied[place] for place in sorted(range(len(tied)), key=keys.__getitem__)]


def hits_of(searcher: tantivy.Searcher, ranked: Ranked, request: SearchRequest) -> tuple[Hit, ...]:
    """Scores in Lucene's scale; 0 when the page is sorted by a number."""
    scores = [0.0 if request.sort.field else float(score) / SCALE for score, _ in ranked]
    addresses = [address for _, address in ranked]
    if not request.with_show:
        return tuple(Hit(pid, score, {}) for pid, score in zip(pids_of(searcher, addresses), scores, strict=True))
    rows = (searcher.doc(address) for address in addresses)
    return tuple(
        Hit(str(row[PID][0]), score, orjson.loads(bytes(row[SHOW][0]))) for row, score in zip(rows, scores, strict=True)
    )


def last_key(ranked: Ranked, hits: Sequence[Hit], request: SearchRequest) -> Key | None:
    if not hits:
        return None
    if request.sort.field:
        return Key(ranked[-1][0], hits[-1].pid)
    before = request.offset if request.after is None else request.after.mark
    return Key(hits[-1].score, hits[-1].pid, before + len(hits), drifts=True)


def stored_versions(index: tantivy.Index, pids: Sequence[str]) -> dict[str, int]:
    if not pids:
        return {}
    searcher = index.searcher()
    query = Query.term_set_query(index.schema, PID, list(dict.fromkeys(pids)))
    rows = [searcher.doc(address) for _, address in searcher.search(query, limit=len(pids), count=False).hits]
    return {str(row[PID][0]): int(row[VERSION][0]) for row in rows}


def count_facets(searcher: tantivy.Searcher, translator: Translator, request: SearchRequest) -> Mapping[str, Counts]:
    """One aggregation for all facets nobody has chosen from, one more for each that somebody has. The first is counted
    inside one of the others where the engine's expressions can say what was chosen: to match costs more than to count.
    """
    groups: dict[str, list[FacetRequest]] = {}
    for facet in request.facets:
        groups.setdefault(facet.name if facet.name in request.chosen else "", []).append(facet)
    host = next((name for name in groups if name and _expression(request.chosen[name])), "") if "" in groups else ""
    counts: dict[str, Counts] = {}
    for own, facets in groups.items():
        if host and not own:
            continue
        wanted = {facet.name: _aggregation(facet) for facet in facets}
        if host and host == own:
            inside = {facet.name: _aggregation(facet) for facet in groups[""]}
            wanted[_INSIDE] = {"filter": _expression(request.chosen[host]), "aggs": inside}
        found = searcher.aggregate(translator.hits(request, without=own, scored=False), wanted)
        answers = [(facet, found[facet.name]) for facet in facets]
        if _INSIDE in wanted:
            answers += [(facet, found[_INSIDE][facet.name]) for facet in groups[""]]
        for facet, counted in answers:
            if facet.prefix and len(counted["buckets"]) >= MANY:
                counted = _with_prefix(searcher, translator.hits(request, without=facet.name, scored=False), facet)
            counts[facet.name] = _counts(facet, counted)
    return {facet.name: counts[facet.name] for facet in request.facets}


def _expression(wanted: Filter) -> str:
    """As the engine's own query language says it; empty where a value may mean something in that language."""
    if isinstance(wanted, HasValue) and len(wanted.values) == 1 and _PLAIN.fullmatch(wanted.values[0]):
        return f"{wanted.field}:{wanted.values[0]}"
    return ""


def _aggregation(facet: FacetRequest) -> dict[str, Any]:
    if facet.buckets:
        return {"range": {"field": facet.field, "ranges": [_range(low, high) for low, high in facet.buckets]}}
    if facet.only and (expression := _expression(HasValue(facet.field, (facet.only,)))):
        return {"filter": expression}
    size = MANY if facet.prefix or facet.only else facet.size
    return {"terms": {"field": facet.field, "size": size, "segment_size": _EXACT_TERMS}}


def _with_prefix(searcher: tantivy.Searcher, query: Query, facet: FacetRequest) -> Any:
    """Only a field of very many values is asked again: to leave prefixes to the engine's expression costs more than
    all other facets together."""
    terms = {"field": facet.field, "size": facet.size, "segment_size": _EXACT_TERMS}
    terms["include"] = f"{re.escape(facet.prefix)}.*"
    return searcher.aggregate(query, {facet.name: {"terms": terms}})[facet.name]


def _range(low: int | None, high: int | None) -> dict[str, int]:
    return {name: bound for name, bound in (("from", low), ("to", high)) if bound is not None}


def _counts(facet: FacetRequest, counted: Mapping[str, Any]) -> Counts:
    """Most first, then by value; buckets keep their order and show their zeros."""
    if "buckets" not in counted:
        return ((facet.only, int(counted["doc_count"])),) if counted["doc_count"] else ()
    buckets: Sequence[Mapping[str, Any]] = counted["buckets"]
    if facet.buckets:
        by_bounds = {(bucket.get("from"), bucket.get("to")): int(bucket["doc_count"]) for bucket in buckets}
        return tuple((str(place), by_bounds.get(bounds, 0)) for place, bounds in enumerate(facet.buckets))
    found = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
    kept = [pair for pair in found if pair[0].startswith(facet.prefix) and facet.only in ("", pair[0])]
    return tuple(sorted(kept, key=lambda pair: (-pair[1], pair[0]))[: facet.size])
