"""Nothing was found: what would be found without one of the filters, similar words, categories, what others order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.products.models import Category
from market.common.clock import read_clock
from market.common.kept import Kept
from market.common.languages import active_language
from market.storefront.categories import ancestors
from market.storefront.filters import Filters
from orders.orders.queries import most_ordered
from search.products.answer import Card
from search.products.near import near_texts
from search.products.queries import cards_of, search_products, suggest

WITHOUT, SIMILAR, CATEGORIES, WANTED = 4, 4, 4, 6
LOOK_FOR = 3  # similar words
LATELY = timedelta(days=30)
LATIN_LEAST = 3

_wanted = Kept(lambda: most_ordered("domestic", since=read_clock() - LATELY, limit=WANTED), seconds=60)


@dataclass(frozen=True)
class Way:
    label: str
    url: str
    count: int = 0


@dataclass(frozen=True)
class Nothing:
    without: list[Way]
    similar: list[Way]
    categories: list[Way]
    wanted: list[Card]


def nothing_found(filters: Filters, path: str, here: Category | None, tree: Sequence[Category]) -> Nothing:
    """At most nine more searches, each of which asks for counts only."""
    without = _without(filters, path, here)
    similar = _similar(filters) if filters.text and not without else []
    return Nothing(
        without=without,
        similar=similar,
        categories=_categories(filters, here, tree, [one.label for one in similar]),
        wanted=cards_of(_wanted.get(), channel="domestic", language=active_language()),
    )


def _count(filters: Filters, here: Category | None) -> int:
    query = replace(filters, page=1).search_query(size=1, category=here.slug if here else "", with_facets=False)
    return search_products(replace(query, with_log=False)).total


def _without(filters: Filters, path: str, here: Category | None) -> list[Way]:
    less: list[tuple[str, dict[str, Any]]] = [
        (_("in any category"), {"category": ""}),
        (_("from any place"), {"origins": ()}),
        (_("in any grade"), {"grades": ()}),
        (_("with any certificate or none"), {"certificates": ()}),
        (_("with any property"), {"attributes": ()}),
        (_("at any price"), {"price_min": None, "price_max": None}),
        (_("with any rating or none"), {"rating_min": None}),
        (_("with any minimum order"), {"moq_max": None}),
        (_("in the home market"), {"destination": ""}),
        (_("also out of season"), {"in_season": False}),
        (_("also sold out"), {"in_stock": False}),
        (_("without “%(text)s”") % {"text": filters.text}, {"text": ""}),
    ]
    set_now = [
        (label, change) for label, change in less if any(getattr(filters, name) != off for name, off in change.items())
    ]
    if len(set_now) == 1 and filters.text:
        return []  # there are only the words: without them, everything is left
    found: list[Way] = []
    for label, change in set_now:
        loose = replace(filters, page=1, **change)
        if len(found) < WITHOUT and (count := _count(loose, here)):
            found.append(Way(label, loose.address(path), count))
    return found


def _similar(filters: Filters) -> list[Way]:
    """Words that begin like what was typed, down to half of it: typing on in another direction, in the same market."""
    there = Filters(destination=filters.destination)
    for beginning in _beginnings(filters.text):
        if found := suggest(beginning, channel=filters.channel, limit=SIMILAR):
            path = reverse("storefront:search")
            return [Way(one.text, there.address(path, text=one.text)) for one in found]
    return []


def _beginnings(text: str) -> Iterator[str]:
    least = max(LATIN_LEAST if text.isascii() else 1, -(-len(text) // 2))
    return (text[:size] for size in range(len(text), least - 1, -1))


def _categories(filters: Filters, here: Category | None, tree: Sequence[Category], similar: Sequence[str]) -> list[Way]:
    """Those above this one; then where the words are found without filters; or else where similar words are, and after
    that the largest."""
    loose = Filters(text=filters.text) if filters.chosen or here else Filters()
    counts = _counts(loose) if loose.text else {}
    near: dict[str, int] = {}
    if not counts:
        loose, counts, near = Filters(), _counts(Filters()), _near(filters.text, similar)
    above = reversed(ancestors(tree, here)) if here else ()
    parents = {row.parent_id for row in tree}
    leaves = [row for row in tree if row.pk not in parents]
    nearest = sorted(leaves, key=lambda row: (-near.get(row.slug, 0), -counts.get(row.slug, 0)))
    rows = dict.fromkeys(row for row in (*above, *nearest) if counts.get(row.slug))
    return [
        Way(row.name, loose.address(reverse("storefront:category", args=[row.slug])), counts[row.slug])
        for row in list(rows)[:CATEGORIES]
    ]


def _near(text: str, similar: Sequence[str]) -> dict[str, int]:
    """Goods in each category of the first similar words that have any."""
    words = dict.fromkeys([*similar[:1], *near_texts(text, LOOK_FOR), *similar[1:]])
    return next(filter(None, (_counts(Filters(text=one)) for one in list(words)[:LOOK_FOR])), {})


def _counts(filters: Filters) -> dict[str, int]:
    query = replace(filters.search_query(size=1), facet_names=("category",), with_log=False)
    return {value.value: value.count for value in search_products(query).facets.get("category", ())}
