"""Does a request or a document fit the schema? What does not is our own bug, and a ValueError in every engine."""

from collections.abc import Mapping

from search.engines.base import STREAMS, Document, Schema, SearchRequest
from search.query.tree import AllOf, AnyOf, BestOf, Filter, HasValue, InRange, Node, OneOf, Term

SMALLEST, LARGEST = -(2**63), 2**63 - 1


def check_request(request: SearchRequest, schema: Schema) -> None:
    """Raises ValueError for fields the index lacks, empty nodes and numbers that make no page."""
    kinds = schema.kinds
    if request.size < 0 or request.offset < 0:
        raise ValueError("a page starts at 0 or later and has 0 hits or more")
    if request.must is not None:
        _check_node(request.must)
    for node in request.excluded:
        _check_node(node)
    for wanted in (*request.filters, *request.chosen.values(), *(bonus.filter for bonus in request.bonuses)):
        _check_field(kinds, wanted.field, _kind_of(wanted))
    for facet in request.facets:
        _check_field(kinds, facet.field, "number" if facet.buckets else "keyword")
    if request.sort.field:
        _check_field(kinds, request.sort.field, "number")


def check_document(document: Document, schema: Schema) -> None:
    """Raises ValueError for an empty stream and for fields the index lacks."""
    for stream in STREAMS:
        if not document.streams.get(stream, "").strip():
            raise ValueError(f"document {document.pid}: stream {stream!r} is empty, not even the sentinel")
    for kind, fields in (("keyword", document.keywords), ("number", document.numbers), ("flag", document.flags)):
        if not fields.keys() <= schema.names[kind]:
            unknown = ", ".join(sorted(fields.keys() - schema.names[kind]))
            raise ValueError(f"document {document.pid}: the index has no {kind} field {unknown}")


def wrong_version(found: str, wanted: str) -> str:
    """What is wrong with an index of another version: the parts that differ."""
    built, ours = found.split(), wanted.split()
    other = " ".join(part for part in built if part not in ours) or "an unknown version"
    return f"built for {other}, wanted {' '.join(part for part in ours if part not in built)}"


def clamped(bound: int | None) -> int | None:
    """What fits into eight bytes: beyond it every engine has its own error."""
    return None if bound is None else max(SMALLEST, min(bound, LARGEST))


def _check_node(node: Node) -> None:
    match node:
        case Term() | OneOf():
            if node.field not in STREAMS:
                raise ValueError(f"no stream is called {node.field!r}")
        case AllOf() | AnyOf() | BestOf():
            if not node.parts:
                raise ValueError("a node of the query tree has no parts")
            for part in node.parts:
                _check_node(part)


def _kind_of(wanted: Filter) -> str:
    return "keyword" if isinstance(wanted, HasValue) else "number" if isinstance(wanted, InRange) else "flag"


def _check_field(kinds: Mapping[str, str], name: str, kind: str) -> None:
    if kinds.get(name) != kind:
        raise ValueError(f"the index has no {kind} field {name!r}")
