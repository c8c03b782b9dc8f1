"""A buyer's query to the engines' request: filters, facets, bonuses, order. From memory."""

from decimal import Decimal
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Final

from search.engines.base import FacetRequest, SearchRequest, Sort
from search.products.answer import SearchQuery
from search.products.attributes import attribute_facet, attribute_requests, attributes_of
from search.products.documents import PRICE_SCALE, QUANTITY_SCALE, scaled
from search.products.schema import month_value, pid_of
from search.query.tree import Bonus, Filter, HasValue, InRange, IsTrue

MAX_SIZE = 100
MAX_OFFSET = 10_000
IN_STOCK, IN_SEASON, WELL_RATED = 0.6, 0.4, 0.3
BROWSE = "browse"
SORTS: Final = {
    "relevance": Sort(),
    "newest": Sort("newest", descending=True),
    "price": Sort("price_kg"),
    "-price": Sort("price_kg", descending=True),
    "rating": Sort("rated", descending=True),
}
# Where the price facet divides, per kg.
STEPS: Final = {"CNY": (10, 20, 50, 100, 200), "RUB": (100, 250, 600, 1200, 2500)}
OTHER_STEPS: Final = (2, 5, 10, 20, 40)
MOQ_STEPS: Final = (1, 5, 10, 50, 100)


def price_steps(currency: str) -> tuple[int, ...]:
    return STEPS.get(currency, OTHER_STEPS)


@lru_cache(maxsize=100)
def price_buckets(currency: str) -> tuple[tuple[int | None, int | None], ...]:
    """What lies between two steps, and what costs just a step: a filter takes that on either side."""
    bounds = [scaled(Decimal(step), PRICE_SCALE) for step in price_steps(currency)]
    edges = [None, *chain.from_iterable((bound, bound + 1) for bound in bounds), None]
    return tuple(pairwise(edges))


@cache
def moq_buckets() -> tuple[tuple[int | None, int | None], ...]:
    """Each from above the step before it to its own; beyond the last step nothing is counted."""
    bounds = [step * QUANTITY_SCALE + 1 for step in MOQ_STEPS]
    return tuple(zip([None, *bounds[:-1]], bounds, strict=True))


def request_of(
    query: SearchQuery,
    *,
    month: int,
    currency: str = "",
    is_export: bool = False,
    hidden: tuple[int, ...] = (),
    is_rated: bool = False,
) -> SearchRequest:
    """Visibility is the first filter, added here and nowhere else. Numbers that make no sense are cut, not refused.
    `is_rated`: some product has a review; nobody waits for a bonus and counts that nothing can have."""
    size = max(1, min(query.size, MAX_SIZE))
    in_season = HasValue("months", (month_value(month),))
    sort = SORTS.get(query.sort, Sort())
    is_browsing = not query.text.strip() and not sort.field
    return SearchRequest(
        filters=tuple(_always(query)),
        hidden=tuple(pid_of(product_id, query.channel) for product_id in hidden),
        chosen=_chosen(query, in_season),
        facets=_facets(query, month, currency, is_export=is_export, is_rated=is_rated) if query.with_facets else (),
        bonuses=_bonuses(in_season, is_rated=is_rated) if query.boosts and not (is_browsing or sort.field) else (),
        sort=Sort(BROWSE, descending=True) if is_browsing else sort,
        offset=min((max(query.page, 1) - 1) * size, MAX_OFFSET),
        size=size,
        session=query.session,
        with_show=False,  # shown hits are looked up in the database, where what they show is the newest
    )


def _bonuses(in_season: Filter, *, is_rated: bool) -> tuple[Bonus, ...]:
    """Of an order by score: in another one they would be reckoned in vain."""
    rated = (Bonus(IsTrue("well_rated"), WELL_RATED),) if is_rated else ()
    return (Bonus(HasValue("stock", ("yes",)), IN_STOCK), Bonus(in_season, IN_SEASON), *rated)


def _always(query: SearchQuery) -> list[Filter]:
    filters: list[Filter] = [HasValue("channel", (query.channel,))]
    if query.enterprise:
        filters.append(HasValue("enterprise", (query.enterprise,)))
    return filters


def _chosen(query: SearchQuery, in_season: Filter) -> dict[str, Filter]:
    """Facet name -> what was chosen of it."""
    chosen: dict[str, Filter] = {}
    if query.category:
        chosen["category"] = HasValue("category", (query.category,))
    for name, field, values in (
        ("origin", "origin", query.origins),
        ("grade", "grade", query.grades),
        ("certificate", "certs", query.certificates),
    ):
        if values:
            chosen[name] = HasValue(field, values)
    if query.price_per_kg_min is not None or query.price_per_kg_max is not None:
        chosen["price"] = InRange("price_kg", _price(query.price_per_kg_min), _price(query.price_per_kg_max))
    if query.rating_min is not None:
        chosen["rating"] = HasValue("rating", (str(query.rating_min),))
    if query.moq_max is not None:
        chosen["moq"] = InRange("moq", None, scaled(query.moq_max, QUANTITY_SCALE))
    if query.destination:
        chosen["destination"] = HasValue("export_to", (query.destination,))
    if query.in_season:
        chosen["season"] = in_season
    if query.in_stock:
        chosen["stock"] = HasValue("stock", ("yes",))
    for name, picked in attributes_of(query).items():
        chosen[attribute_facet(name)] = HasValue("attrs", tuple(f"{name}={value}" for value in picked))
    return chosen


def _price(value: Decimal | None) -> int | None:
    return None if value is None else scaled(value, PRICE_SCALE)


def _facets(
    query: SearchQuery, month: int, currency: str, *, is_export: bool, is_rated: bool
) -> tuple[FacetRequest, ...]:
    known = _known_facets(month, currency, is_export=is_export, is_rated=is_rated)
    names = query.facet_names
    asked = tuple(facet for facet in known if facet.name in names) if names else known
    return (*asked, *attribute_requests(query))


@lru_cache(maxsize=100)
def _known_facets(month: int, currency: str, *, is_export: bool, is_rated: bool) -> tuple[FacetRequest, ...]:
    """Goods of a channel at home are open to no destination abroad, so there is none to count."""
    return (
        FacetRequest("category", "category"),
        FacetRequest("origin", "origin"),
        FacetRequest("grade", "grade"),
        FacetRequest("certificate", "certs"),
        FacetRequest("price", "price_kg", buckets=price_buckets(currency)),
        *((FacetRequest("rating", "rating"),) if is_rated else ()),
        FacetRequest("moq", "moq", buckets=moq_buckets()),
        *((FacetRequest("destination", "export_to"),) if is_export else ()),
        FacetRequest("season", "months", only=month_value(month)),
        FacetRequest("stock", "stock", only="yes"),
    )
