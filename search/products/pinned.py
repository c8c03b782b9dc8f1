"""Products that stand first for a query. They take places of the first pages like any other hit, and count as such."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from search.engines.base import Hit, Key, SearchEngine, SearchRequest
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


def is_among_pinned(cursor: Cursor | None) -> bool:
    return cursor is not None and cursor.number == AMONG_PINNED


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
    is_beyond = cursor is not None and not is_among_pinned(cursor)
    if cursor is None:
        first = request.offset
    else:
        first = len(hits) if is_beyond else _place_behind(cursor.key, hits, product_ids)
    shown = hits[first : first + request.size]
    if hits and is_exact:
        found = Found((), 0, pass_name=STRICT)
    else:
        # Also where pinned hits fill the page it is asked for one, to be counted.
        offset = max(0, first - len(hits)) if cursor is None else 0
        left = replace(request, offset=offset, size=max(1, request.size - len(shown)))
        found = find(left, cursor if is_beyond else None)
    end = first + len(shown)
    if end < len(hits) or len(shown) == request.size:
        has_more = end < len(hits) or found.total > 0
        following = Cursor(AMONG_PINNED, Key(None, shown[-1].pid, end)) if has_more else None
        found = replace(found, hits=(), cursor=following)
    counted = [each for each in (facets, found.facets) if each]
    return Page(shown, replace(found, facets=together(request.facets, counted)), len(hits))


def _pinned(engine: SearchEngine, request: SearchRequest, product_ids: Sequence[int]) -> tuple[tuple[Hit, ...], Facets]:
    wanted = HasValue("product", tuple(str(product_id) for product_id in product_ids))
    answer = engine.search(
        replace(request, filters=(*request.filters, wanted), hidden=(), offset=0, size=len(product_ids))
    )
    place = _places(product_ids)
    return tuple(sorted(answer.hits, key=lambda hit: place[_product(hit.pid)])), answer.facets


def _place_behind(key: Key, hits: Sequence[Hit], product_ids: Sequence[int]) -> int:
    """How many of the pinned hits stand up to the one that was shown last: by the officers' order, also where that one
    is no hit any more. One that is not pinned any more has left its place to the next."""
    place = _places(product_ids)
    last = place.get(_product(key.pid))
    if last is None:
        return key.mark - 1
    return sum(place[_product(hit.pid)] <= last for hit in hits)


def _places(product_ids: Sequence[int]) -> dict[str, int]:
    return {str(product_id): number for number, product_id in enumerate(product_ids)}


def _product(pid: str) -> str:
    return pid.partition("-")[0]
