"""Counts of an engine to values with names in the buyer's language, for every facet that all goods have."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.products.badges import kind_label
from catalog.products.models import Product
from catalog.products.queries import all_categories
from market.common.countries import country_name
from market.common.languages import normal_language
from market.common.quantity import plain
from market.regions.models import OrgUnit
from market.regions.queries import units_by_code
from search.products.answer import FacetValue, SearchQuery
from search.products.documents import RATINGS
from search.products.request import MOQ_STEPS, price_steps

SHOWN = 20
Counts = Mapping[str, tuple[tuple[str, int], ...]]
Facets = dict[str, tuple[FacetValue, ...]]


def name_facets(counts: Counts, query: SearchQuery, currency: str) -> Facets:
    """Names come from memory. What was chosen stays even without a hit, so that it can be taken back."""
    facets: Facets = {
        "category": _category(counts, query),
        "origin": _origin(counts, query),
        "grade": _grade(counts, query),
        "certificate": _certificate(counts, query),
        "price": _price(counts, query, currency),
        "rating": _rating(counts, query),
        "moq": _moq(counts, query),
        "season": (FacetValue("yes", "", _total(counts, "season"), query.in_season),),
        "stock": (FacetValue("yes", "", _total(counts, "stock"), query.in_stock),),
    }
    if "destination" in counts:
        facets["destination"] = _destination(counts, query)
    if query.facet_names:
        return {name: facets[name] for name in query.facet_names if name in facets}
    return facets


def _values(counts: Counts, name: str, chosen: Iterable[str]) -> list[FacetValue]:
    picked = dict.fromkeys(filter(None, chosen))
    found = [FacetValue(value, value, count, value in picked) for value, count in counts.get(name, ())]
    known = {value.value for value in found}
    return found + [FacetValue(value, value, 0, True) for value in picked if value not in known]


def _labelled(value: FacetValue, label: str, level: str = "") -> FacetValue:
    return FacetValue(value.value, label, value.count, value.is_chosen, level)


def _shown(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    listed = list(values)
    return tuple(listed[:SHOWN] + [value for value in listed[SHOWN:] if value.is_chosen])


def _total(counts: Counts, name: str) -> int:
    return sum(count for _, count in counts.get(name, ()))


def _category(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    values = _values(counts, "category", [query.category])
    rows = {row.slug: row for row in all_categories()}
    return _shown(
        _labelled(value, rows[value.value].name_in(query.language)) for value in values if value.value in rows
    )


def _origin(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    """Divisions and regiments; the corps above them all divides nothing."""
    values = {value.value: value for value in _values(counts, "origin", query.origins)}
    units = units_by_code(values)
    return _shown(
        _labelled(value, units[code].name_in(query.language), units[code].level)
        for code, value in values.items()
        if code in units and (units[code].level != OrgUnit.Level.CORPS or value.is_chosen)
    )


def _grade(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    labels = _grade_labels(normal_language(query.language))
    values = _values(counts, "grade", query.grades)
    return tuple(_labelled(value, labels[value.value]) for value in values if value.value in labels)


@cache
def _grade_labels(language: str) -> dict[str, str]:
    with override(language):
        return {grade: str(label) for grade, label in Product.Grade.choices}


def _certificate(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    values = _values(counts, "certificate", query.certificates)
    return _shown(_labelled(value, kind_label(value.value, query.language)) for value in values)


def _price(counts: Counts, query: SearchQuery, currency: str) -> tuple[FacetValue, ...]:
    """`value` is `low-high` in the channel's currency per kg, both included; either is empty where it is open."""
    found = dict(counts.get("price", ()))
    low, high = query.price_per_kg_min, query.price_per_kg_max
    chosen = tuple("" if bound is None else plain(bound) for bound in (low, high))
    values = [
        FacetValue(value, label, sum(found.get(bucket, 0) for bucket in buckets), bounds == chosen)
        for value, label, bounds, buckets in _price_bands(currency)
    ]
    return tuple(value for value in values if value.count or value.is_chosen)


@lru_cache(maxsize=100)
def _price_bands(currency: str) -> tuple[tuple[str, str, tuple[str, str], tuple[str, ...]], ...]:
    """Value, label and bounds of each, and the engine's buckets that lie in it, the steps on either side included."""
    steps = pairwise(["", *map(str, price_steps(currency)), ""])
    return tuple(
        (f"{low}-{high}", f"{low}–{high}", (low, high), tuple(str(2 * place + side) for side in (-1, 0, 1)))
        for place, (low, high) in enumerate(steps)
    )


def _rating(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    """The highest first; `value` 4 is four stars on average and more."""
    found, labels = dict(counts.get("rating", ())), _rating_labels(normal_language(query.language))
    values = [FacetValue(str(n), label, found.get(str(n), 0), query.rating_min == n) for n, label in labels.items()]
    return tuple(value for value in values if value.count or value.is_chosen)


@cache
def _rating_labels(language: str) -> dict[int, str]:
    with override(language):
        return {n: _("%(n)s stars and more") % {"n": n} for n in RATINGS}


def _moq(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    """What can be had in so many units or fewer. Each step counts those below it too; one that adds nothing says
    nothing."""
    found = dict(counts.get("moq", ()))
    values, total = [], 0
    for place, step in enumerate(MOQ_STEPS):
        more = found.get(str(place), 0)
        total += more
        if more or query.moq_max == step:
            values.append(FacetValue(str(step), f"≤ {step}", total, query.moq_max == step))
    return tuple(values)


def _destination(counts: Counts, query: SearchQuery) -> tuple[FacetValue, ...]:
    values = _values(counts, "destination", [query.destination])
    return _shown(_labelled(value, country_name(value.value, query.language)) for value in values)
