"""The engine-neutral tree in tantivy's words. Its BM25 is Lucene's times 2.2 (k1 + 1), so constants are multiplied by
2.2 to keep their share of a score (search.md, sections 4 and 5)."""

from collections.abc import Iterable, Mapping

import tantivy
from tantivy import Occur, Query

from search.engines.base import STREAMS, SearchRequest
from search.query.tree import AllOf, AnyOf, BestOf, Filter, HasValue, InRange, IsTrue, Node, OneOf, Term

SCALE = 2.2
FEW_TERMS = 64
PID, PID_HEAD, PID_TAIL, VERSION, SHOW = "pid", "_pid_head", "_pid_tail", "_version", "_show"
_OPTIONS = {"words": "position"}
_INTEGERS = (-(2**63), 2**63 - 1)


def index_option(stream: str) -> str:
    return _OPTIONS.get(stream, "freq")


class Translator:
    """`kinds`: field name -> kind of the index's own fields. A name it does not know is our bug: ValueError."""

    def __init__(self, schema: tantivy.Schema, kinds: Mapping[str, str]) -> None:
        self.schema = schema
        self.kinds = kinds

    def hits(self, request: SearchRequest, *, without: str = "", scored: bool = True) -> Query:
        """Everything the request asks for, but not the chosen filter of one facet (its own counts ignore it).

        Each bonus wraps what stands before it: beside each other they would be united for the whole index first, which
        costs as much as all the rest."""
        chosen = [value for name, value in request.chosen.items() if name != without]
        parts = [(Occur.Must, self.node(request.must))] if request.must else []
        parts += [(Occur.Must, _silent(self.filter(value))) for value in (*request.filters, *chosen)]
        if not parts:
            parts.append((Occur.Must, _silent(Query.all_query())))
        parts += [(Occur.MustNot, self.node(node)) for node in request.excluded]
        if request.only:
            parts.append((Occur.Must, _silent(self.one_of(PID, request.only))))
        if request.hidden:
            parts.append((Occur.MustNot, self.one_of(PID, request.hidden)))
        query = Query.boolean_query(parts)
        for bonus in request.bonuses if scored else ():
            extra = Query.const_score_query(self.filter(bonus.filter), SCALE * bonus.score)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Should, extra)])
        return query

    def node(self, node: Node) -> Query:
        match node:
            case Term(field, token, weight):
                query = Query.term_query(self.schema, _stream(field), token, index_option(field))
                return Query.boost_query(query, weight)
            case OneOf(field, tokens, score):
                return Query.const_score_query(self.one_of(_stream(field), tokens), SCALE * score)
            case AllOf(parts):
                return Query.boolean_query([(Occur.Must, self.node(part)) for part in _some(parts)])
            case AnyOf(parts, at_least):
                queries = [(Occur.Should, self.node(part)) for part in _some(parts)]
                return Query.boolean_query(queries, minimum_number_should_match=max(1, at_least))
            case BestOf(parts, tie):
                return Query.disjunction_max_query([self.node(part) for part in _some(parts)], tie)

    def filter(self, value: Filter) -> Query:
        match value:
            case HasValue(field, values):
                self._check(field, "keyword")
                return self.one_of(field, values)
            case IsTrue(field):
                self._check(field, "flag")
                return Query.term_query(self.schema, field, True, "basic")
            case InRange(field, low, high):
                self._check(field, "number")
                if low is None and high is None:
                    return Query.exists_query(field)
                low, high = _clamped(low), _clamped(high)
                return Query.range_query(self.schema, field, tantivy.FieldType.Integer, low, high)

    def one_of(self, field: str, values: Iterable[str]) -> Query:
        """A term set walks the whole dictionary of terms, however small it is: single terms are faster up to dozens."""
        tokens = list(dict.fromkeys(values))
        if not 0 < len(tokens) <= FEW_TERMS:
            return Query.term_set_query(self.schema, field, tokens)
        option = index_option(field) if field in STREAMS else "basic"
        terms = [Query.term_query(self.schema, field, token, option) for token in tokens]
        return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])

    def check(self, request: SearchRequest) -> None:
        """Raises ValueError for fields the index lacks and for numbers that make no page."""
        if request.sort.field:
            self._check(request.sort.field, "number")
        for facet in request.facets:
            self._check(facet.field, "number" if facet.buckets else "keyword")
        if request.size < 0 or request.offset < 0:
            raise ValueError("a page starts at 0 or later and has 0 hits or more")

    def _check(self, field: str, kind: str) -> None:
        if self.kinds.get(field) != kind:
            raise ValueError(f"the index has no {kind} field {field!r}")


def _silent(query: Query) -> Query:
    """Narrows without a say in the score: a bare range or term set would add 1."""
    return Query.const_score_query(query, 0.0)


def _stream(field: str) -> str:
    if field not in STREAMS:
        raise ValueError(f"no stream is called {field!r}")
    return field


def _some(parts: tuple[Node, ...]) -> tuple[Node, ...]:
    if not parts:
        raise ValueError("a node of the query tree has no parts")
    return parts


def _clamped(bound: int | None) -> int | None:
    return None if bound is None else max(_INTEGERS[0], min(bound, _INTEGERS[1]))
