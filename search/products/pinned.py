"""Products that stand first for a query. They take places of the first pages like any other hit, and count as such."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from search.engines.base import Hit, SearchEngine, SearchRequest
from search.engines.find import Cursor, Facets, Found, together
from search.query.passes import STRICT
from search.query.tree import HasValue

AMONG_PINNED = -1  # the pass of a cursor whose page begins among the pinned hits
Find = Callable[[SearchRequest, Cursor | None], Found]


@dataclass(frozen=True)
class Page:
    """`pinned`: those that stand on this page, of `count` in all that the filters let through."""

    pinned: tuple[Hit, ...]
    found: Found
    count: int = 0


def page_with_pinned(
    engine: SearchEngine,
    request: SearchRequest,
    cursor: Cursor | None,
    product_ids: Sequence[int],
    find: Find,
    *,
    is_exact: bool,
) -> Page:
    """Pinned hits that pass the filters, then what `find` finds besides them (`request.hidden` holds them), as one
    list: of one total, one count of facets and one walk by offset or cursor. `is_exact`: nothing else is asked for."""
    hits, facets = _pinned(engine, request, product_ids)
    is_beyond = cursor is not None and cursor.number != AMONG_PINNED
    first = len(hits) if is_beyond else cursor.position if cursor is not None else request.offset
    shown = hits[first : first + request.size]
    if hits and is_exact:
        found = Found((), 0, pass_name=STRICT)
    else:
        # Also where pinned hits fill the page it is asked for one, to be counted.
        left = replace(request, offset=max(0, first - len(hits)), size=max(1, request.size - len(shown)))
        found = find(left, cursor if is_beyond else None)
    end = first + len(shown)
    if end < len(hits) or len(shown) == request.size:
        has_more = end < len(hits) or found.total > 0
        found = replace(found, hits=(), cursor=Cursor(AMONG_PINNED, end) if has_more else None)
    counted = [each for each in (facets, found.facets) if each]
    return Page(shown, replace(found, facets=together(request.facets, counted)), len(hits))


def _pinned(engine: SearchEngine, request: SearchRequest, product_ids: Sequence[int]) -> tuple[tuple[Hit, ...], Facets]:
    wanted = HasValue("product", tuple(str(product_id) for product_id in product_ids))
    answer = engine.search(
        replace(request, filters=(*request.filters, wanted), hidden=(), offset=0, size=len(product_ids))
    )
    place = {str(product_id): number for number, product_id in enumerate(product_ids)}
    return tuple(sorted(answer.hits, key=lambda hit: place[hit.pid.partition("-")[0]])), answer.facets
