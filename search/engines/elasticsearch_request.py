"""Pure: our tree and request to an Elasticsearch body. Core features only, so that it runs on a server without modules
and plugins (search.md, section 7)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.engines.base import TOTAL_CAP, FacetRequest, Key, Schema, SearchRequest, Sort
from search.engines.fit import LARGEST, SMALLEST, clamped
from search.query.tree import AllOf, AnyOf, BestOf, Filter, HasValue, InRange, Node, OneOf, Term

MAX_WINDOW = 10_000
# Elasticsearch multiplies Lucene's BM25 by k1 + 1, a legacy of its own (seen on a running 8.19); taken out of weights.
LEGACY_SCALE = 2.2
KINDS = {"keyword": "keyword", "number": "long", "flag": "boolean"}
_REGEXP = re.compile(r"[^0-9A-Za-z一-鿿]")


def live_settings(replicas: int) -> dict[str, Any]:
    """Of an index that answers."""
    return {"number_of_replicas": replicas, "refresh_interval": "1s"}


def index_body(schema: Schema) -> dict[str, Any]:
    """Settings of an index that is being built (no copies, nothing made visible on the way) and strict mappings.
    Streams are split at blanks and nothing else: analysis happened in Python."""
    streams = {
        name: {
            "type": "text",
            "analyzer": "whitespace",
            "search_analyzer": "whitespace",
            "index_options": "positions" if name == "words" else "freqs",
        }
        for name in ("words", "body", "bi", "py", "u")
    }
    own = {"pid": {"type": "keyword"}, "show": {"type": "object", "enabled": False}}
    fields = {field.name: {"type": KINDS[field.kind]} for field in schema.fields}
    return {
        "settings": {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "gc_deletes": "10m",
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"schema_version": schema.version},
            "properties": {**own, **streams, **fields},
        },
    }


def query_of(node: Node) -> dict[str, Any]:
    match node:
        case Term():
            return {"term": {node.field: {"value": node.token, "boost": node.weight / LEGACY_SCALE}}}
        case OneOf():
            return {"constant_score": {"filter": {"terms": {node.field: list(node.tokens)}}, "boost": node.score}}
        case AllOf():
            return {"bool": {"must": [query_of(part) for part in node.parts]}}
        case AnyOf():
            parts = [query_of(part) for part in node.parts]
            return {"bool": {"should": parts, "minimum_should_match": node.at_least}}
        case BestOf():
            return {"dis_max": {"queries": [query_of(part) for part in node.parts], "tie_breaker": node.tie}}


def filter_of(wanted: Filter) -> dict[str, Any]:
    match wanted:
        case HasValue():
            return {"terms": {wanted.field: list(wanted.values)}}
        case InRange(low=None, high=None):
            return {"exists": {"field": wanted.field}}
        case InRange():
            bounds = {"gte": clamped(wanted.low), "lte": clamped(wanted.high)}
            return {"range": {wanted.field: {name: bound for name, bound in bounds.items() if bound is not None}}}
        case _:
            return {"term": {wanted.field: True}}


def search_body(request: SearchRequest, *, timeout_ms: int) -> dict[str, Any]:
    """Behind a key there is no window, and one hit more is asked for: it tells whether others follow."""
    after = request.after
    body: dict[str, Any] = {
        "query": _whole_query(request),
        "sort": _sort(request),
        "from": 0 if after else min(request.offset, MAX_WINDOW),
        "size": request.size + 1 if after else max(0, min(request.size, MAX_WINDOW - request.offset)),
        "_source": ["pid", "show"] if request.with_show else ["pid"],
        "timeout": f"{timeout_ms}ms",
        "track_total_hits": TOTAL_CAP,
    }
    if after:
        body["search_after"] = [_numberless(request.sort) if after.value is None else after.value, after.pid]
    if request.chosen:
        body["post_filter"] = {"bool": {"filter": [filter_of(wanted) for wanted in request.chosen.values()]}}
    if request.facets:
        body["aggs"] = {str(n): _facet(facet, request.chosen) for n, facet in enumerate(request.facets)}
    return body


def _whole_query(request: SearchRequest) -> dict[str, Any]:
    """Filters never score; bonuses score but never decide."""
    filters = [filter_of(wanted) for wanted in request.filters]
    if request.only:
        filters.append({"terms": {"pid": list(request.only)}})
    never = [query_of(node) for node in request.excluded]
    if request.hidden:
        never.append({"terms": {"pid": list(request.hidden)}})
    return {
        "bool": {
            "must": [query_of(request.must)] if request.must is not None else [],
            "filter": filters or [{"match_all": {}}],
            "must_not": never,
            "should": [
                {"constant_score": {"filter": filter_of(bonus.filter), "boost": bonus.score}}
                for bonus in request.bonuses
            ],
            "minimum_should_match": 0,
        }
    }


def _sort(request: SearchRequest) -> list[dict[str, Any]]:
    if not request.sort.field:
        return [{"_score": "desc"}, {"pid": "asc"}]
    order = {"order": "desc" if request.sort.descending else "asc", "missing": "_last"}
    return [{request.sort.field: order}, {"pid": "asc"}]


def _numberless(sort: Sort) -> int:
    """The number by which the server keeps what has none last."""
    return SMALLEST if sort.descending else LARGEST


def _number_of(value: Any, sort: Sort) -> int | None:
    """Of a hit, as the server tells by what it was sorted."""
    return None if value is None or value == _numberless(sort) else int(value)


def _facet(facet: FacetRequest, chosen: Mapping[str, Filter]) -> dict[str, Any]:
    """Counts under every chosen filter but its own."""
    others = [filter_of(wanted) for name, wanted in chosen.items() if name != facet.name]
    return {
        "filter": {"bool": {"filter": others or [{"match_all": {}}]}},
        "aggs": {"values": _buckets(facet) if facet.buckets else _values(facet)},
    }


def _values(facet: FacetRequest) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": facet.field, "size": facet.size, "order": [{"_count": "desc"}, {"_key": "asc"}]}
    if facet.only:
        terms["include"] = [facet.only]
    elif facet.prefix:
        terms["include"] = _REGEXP.sub(lambda match: "\\" + match.group(), facet.prefix) + ".*"
    return {"terms": terms}


def _buckets(facet: FacetRequest) -> dict[str, Any]:
    ranges = []
    for number, (low, high) in enumerate(facet.buckets):
        bounds = {"from": low, "to": high}
        ranges.append({"key": str(number), **{name: b for name, b in bounds.items() if b is not None}})
    return {"range": {"field": facet.field, "ranges": ranges}}


def facets_of(
    facets: Iterable[FacetRequest], aggregations: Mapping[str, Any]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Values by (-count, value); buckets in the order asked."""
    found = {}
    for number, facet in enumerate(facets):
        buckets = aggregations[str(number)]["values"]["buckets"]
        pairs = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
        by_order = (lambda pair: (int(pair[0]), "")) if facet.buckets else (lambda pair: (-pair[1], pair[0]))
        found[facet.name] = tuple(sorted(pairs, key=by_order))
    return found


def last_key(rows: Sequence[Mapping[str, Any]], request: SearchRequest) -> Key | None:
    if not rows:
        return None
    row = rows[-1]
    pid = row["_source"]["pid"]
    if request.sort.field:
        return Key(_number_of(row["sort"][0], request.sort), pid)
    return Key(float(row["_score"]), pid, drifts=True)


def has_more(hits: Mapping[str, Any], request: SearchRequest) -> bool:
    """Whether others follow the page; beyond the count's end there are."""
    found = len(hits["hits"])
    if request.after:
        return found > request.size
    return bool(found) and (hits["total"]["relation"] == "gte" or request.offset + found < hits["total"]["value"])
