"""Facets of a category's attributes: which are counted, and what their values are called."""

from collections.abc import Iterable, Mapping, Sequence

from catalog.products.attributes import Definition, filter_label, filter_order, holding
from catalog.products.queries import all_attributes, all_categories
from search.engines.base import TOTAL_CAP, FacetRequest
from search.products.answer import FacetValue, SearchQuery

ATTRIBUTES = "attributes"  # the facet that counts all of them together
SHOWN = 50
MOST = 5_000
Counts = Mapping[str, tuple[tuple[str, int], ...]]


def attributes_of(query: SearchQuery) -> dict[str, list[str]]:
    """What was chosen: code -> values."""
    chosen: dict[str, list[str]] = {}
    for attribute in query.attributes:
        name, found, value = attribute.partition("=")
        if found:
            chosen.setdefault(name, []).append(value)
    return chosen


def attribute_facet(code: str) -> str:
    return f"attr:{code}"


def is_counting_attributes(query: SearchQuery) -> bool:
    return query.with_facets and (not query.facet_names or ATTRIBUTES in query.facet_names)


def attributes_to_filter(slug: str) -> list[Definition]:
    """Those of a category that buyers filter by; none of what is no category."""
    path = next((row.path for row in all_categories() if row.slug == slug), "") if slug else ""
    return [one for one in holding(all_attributes(), path) if one.is_facet] if path else []


def attribute_requests(query: SearchQuery) -> tuple[FacetRequest, ...]:
    """Those of the category are counted together; where words are searched in all categories, all there are, for the
    hits may have a category in common. Those chosen are counted once more, each without its own choice. Nothing where
    there is nothing to count."""
    if not is_counting_attributes(query):
        return ()
    known = [one for one in all_attributes() if one.is_facet and not one.is_retired]
    is_any = bool(attributes_to_filter(query.category) if query.category else known and query.text.strip())
    chosen = attributes_of(query)
    size = min(sum(one.filter_values for one in known), MOST)  # one field holds those of all categories
    return (
        *((FacetRequest(ATTRIBUTES, "attrs", size=size),) if is_any else ()),
        *(
            FacetRequest(attribute_facet(one.code), "attrs", prefix=f"{one.code}=", size=one.filter_values)
            for one in known
            if one.code in chosen
        ),
    )


def common_category(categories: Iterable[tuple[str, int]], total: int) -> str:
    """Slug of the lowest category that holds all hits; empty where none does, or where nobody counted to the end."""
    if not 0 < total < TOTAL_CAP:
        return ""
    full = {slug for slug, count in categories if count >= total}
    paths = [(row.path, row.slug) for row in all_categories() if row.slug in full]
    return max(paths, key=lambda pair: pair[0].count("/"))[1] if paths else ""


def name_attributes(
    counts: Counts, query: SearchQuery, slug: str
) -> tuple[dict[str, tuple[FacetValue, ...]], dict[str, str]]:
    """Values by facet, and what each facet is called: the category's in their order, then what else was chosen. That
    stays even without a hit, so that it can be taken back."""
    chosen = attributes_of(query)
    held = attributes_to_filter(slug)
    codes = {one.code for one in held}
    held += [one for one in all_attributes() if one.code in chosen and one.code not in codes]
    grouped: dict[str, list[tuple[str, int]]] = {}
    for pair, count in counts.get(ATTRIBUTES, ()):
        code, _, value = pair.partition("=")
        grouped.setdefault(code, []).append((value, count))
    for code in chosen:
        pairs = counts.get(attribute_facet(code), ())
        grouped[code] = [(pair[len(code) + 1 :], count) for pair, count in pairs]
    values = {
        attribute_facet(one.code): _named(one, grouped.get(one.code, []), chosen.get(one.code, []), query.language)
        for one in held
    }
    for code, picked in chosen.items():
        values.setdefault(attribute_facet(code), tuple(FacetValue(value, value, 0, True) for value in picked))
    titles = {attribute_facet(one.code): one.name(query.language) for one in held}
    return {name: found for name, found in values.items() if found}, titles


def _named(
    definition: Definition, counted: Sequence[tuple[str, int]], chosen: Sequence[str], language: str
) -> tuple[FacetValue, ...]:
    """The most frequent ones, in the order they were defined."""
    counts = dict(counted[:SHOWN]) | {value: count for value, count in counted[SHOWN:] if value in chosen}
    counts |= {value: 0 for value in chosen if value not in counts}
    return tuple(
        FacetValue(value, filter_label(definition, value, language), counts[value], value in chosen)
        for value in sorted(counts, key=lambda value: filter_order(definition, value))
    )
