"""Before a new index answers, it is asked for products that are known to be in it, by their own names."""

from django.db.models import QuerySet

from search.engines.base import SearchEngine, SearchRequest
from search.engines.database_match import Row
from search.products.models import SearchDocument
from search.query.tree import AllOf, HasValue, Node, Term

QUERIES = 20
TOKENS = 6


def ask_for_known(engine: SearchEngine, generation: str, standing: QuerySet[SearchDocument]) -> list[str]:
    """Twenty fixed queries: documents evenly spread over the rows, each looked for by its title's tokens, by one
    facet value and by its category. Returns the pids that the generation does not find though it holds the row's very
    version (a document written again meanwhile may be called something else by now)."""
    pids = list(standing.order_by("pk").values_list("pid", flat=True))
    chosen = pids[:: max(1, len(pids) // QUERIES)][:QUERIES]
    rows = {row.pid: row for row in standing.filter(pid__in=chosen)}
    held = engine.versions(chosen, generation=generation)
    return [
        pid
        for pid in chosen
        if pid in rows and held.get(pid) == rows[pid].version and not _is_found(engine, generation, rows[pid])
    ]


def _is_found(engine: SearchEngine, generation: str, row: SearchDocument) -> bool:
    words = [token for token in row.tokens.split() if token[0] not in ".+~="][:TOKENS]
    kept = Row.read(row.tokens, row.keywords, row.numbers)
    parts: tuple[Node, ...] = tuple(Term("words", word) for word in words)
    filters = tuple(
        HasValue(field, tuple(values)) for field in ("product", "channel", "category") if (values := kept.values(field))
    )
    request = SearchRequest(must=AllOf(parts) if parts else None, filters=filters, size=1)
    return [hit.pid for hit in engine.search(request, generation=generation).hits] == [row.pid]
