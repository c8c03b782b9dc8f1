"""Lists of products: a category, a search. Facets left, results right, both without script too."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import push_url

from catalog.products.models import Category
from market.channels.queries import currency_of, export_code
from market.common.countries import country_name
from market.common.languages import ZH, active_language
from market.common.money import format_amount
from market.common.paging import page_links
from market.common.visits import visit_of
from market.storefront.categories import ancestors, category_tree, children
from market.storefront.destinations import destinations_of
from market.storefront.filters import Filters, read_filters
from market.storefront.nothing import nothing_found
from search.products.answer import FacetValue, SearchAnswer
from search.products.attributes import ATTRIBUTES, attribute_facet, attributes_to_filter
from search.products.queries import search_products

SIZE = 24
SHOWN_VALUES = 8
MANY = 10_000
COUNTED = ("category", "origin", "grade", "certificate", "rating", "moq", "destination", ATTRIBUTES)


@dataclass(frozen=True)
class Chip:
    """A chosen filter and the address of the list without it."""

    label: str
    url: str


def public_page(response: HttpResponse) -> HttpResponse:
    """The same for everybody: a proxy may keep it half a minute, a browser asks again. It carries no token."""
    patch_cache_control(response, public=True, max_age=0, s_maxage=30)
    return response


def search(request: HttpRequest) -> HttpResponse:
    return _list(request, None, category_tree())


def category(request: HttpRequest, slug: str) -> HttpResponse:
    tree = category_tree()
    found = next((row for row in tree if row.slug == slug), None)
    if found is None:
        raise Http404
    return _list(request, found, tree)


def _list(request: HttpRequest, here: Category | None, tree: Sequence[Category]) -> HttpResponse:
    filters = read_filters(request.GET)
    if here is not None:
        filters = replace(filters, category="")
    path = request.path
    if not export_code():
        filters = replace(filters, destination="")
    query = replace(filters.search_query(size=SIZE, category=here.slug if here else ""), facet_names=COUNTED)
    query = replace(query, session=visit_of(request))
    answer = search_products(query)
    last = answer.pages(SIZE)
    if filters.page > last:
        return redirect(filters.address(path, page=last))
    facets = answer.facets
    context = {
        "here": here,
        "crumbs": ancestors(tree, here) if here else [],
        "query": query,
        "filters": filters,
        "answer": answer,
        "count": f"{MANY:,}+" if answer.total > MANY else str(answer.total),
        "chips": _chips(filters, answer, path, tree),
        "facets": {name: _split(facets.get(name, ())) for name in ("origin", "grade", "certificate", "rating")},
        "attributes": [(name, title, *_split(facets[name])) for name, title in answer.titles.items() if name in facets],
        "moq_values": facets.get("moq", ()),
        "destinations": destinations_of(filters, facets),
        "currency": currency_of(query.channel),
        "category_links": _category_links(filters, here, tree, answer),
        "sorts": _sorts(filters, path),
        "quick": _quick(filters, path),
        "links": page_links(filters.page, last, lambda page: filters.address(path, page=page)),
        "boosts_url": filters.address(path, boosts=not filters.boosts),
        "corrected_url": filters.address(path, text=answer.corrected),
        "nothing": nothing_found(filters, path, here, tree) if not answer.total else None,
        "clear_url": replace(Filters(), text=filters.text).address(path),
        "list_path": path,
    }
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "storefront/list.html" + ("#answer" if is_fragment else "")
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    if is_fragment:
        push_url(response, filters.address(path, page=filters.page))
    return public_page(response)


def _split(values: Sequence[FacetValue]) -> tuple[list[FacetValue], list[FacetValue]]:
    """The first eight, and the rest behind "more"; a chosen value is never hidden."""
    rest = values[SHOWN_VALUES:]
    return [*values[:SHOWN_VALUES], *(v for v in rest if v.is_chosen)], [v for v in rest if not v.is_chosen]


def _chips(filters: Filters, answer: SearchAnswer, path: str, tree: Sequence[Category]) -> list[Chip]:
    titles = answer.titles
    labels = {name: {value.value: value.label for value in values} for name, values in answer.facets.items()}
    chips = [Chip(_("“%(text)s”") % {"text": filters.text}, filters.address(path, text=""))] if filters.text else []
    if filters.category:
        name = next((row.name for row in tree if row.slug == filters.category), filters.category)
        chips.append(Chip(name, filters.address(path, category="")))
    for field, facet in (("origins", "origin"), ("grades", "grade"), ("certificates", "certificate")):
        values: tuple[str, ...] = getattr(filters, field)
        for value in values:
            rest = tuple(other for other in values if other != value)
            chips.append(Chip(labels[facet].get(value, value), filters.address(path, **{field: rest})))
    for pair in filters.attributes:
        code, _equals, value = pair.partition("=")
        label = labels.get(attribute_facet(code), {}).get(value, value)
        title = titles.get(attribute_facet(code), code)
        rest = tuple(other for other in filters.attributes if other != pair)
        mark = "：" if active_language() == ZH else ": "
        chips.append(Chip(f"{title}{mark}{label}", filters.address(path, attributes=rest)))
    for field, words in (("price_min", _("from %(amount)s / kg")), ("price_max", _("up to %(amount)s / kg"))):
        price = getattr(filters, field)
        if price is not None:
            shown = format_amount(price, currency_of(filters.channel), active_language())
            chips.append(Chip(words % {"amount": shown}, filters.address(path, **{field: None})))
    if filters.rating_min is not None:
        label = labels["rating"].get(str(filters.rating_min), str(filters.rating_min))
        chips.append(Chip(label, filters.address(path, rating_min=None)))
    if filters.in_season:
        chips.append(Chip(_("In season"), filters.address(path, in_season=False)))
    if filters.in_stock:
        chips.append(Chip(_("In stock"), filters.address(path, in_stock=False)))
    if filters.moq_max:
        words = _("minimum order ≤ %(count)s") % {"count": filters.moq_max}
        chips.append(Chip(words, filters.address(path, moq_max=None)))
    if filters.destination:
        named = country_name(filters.destination, active_language())
        chips.append(Chip(_("export to %(country)s") % {"country": named}, filters.address(path, destination="")))
    return chips


def _category_links(
    filters: Filters, here: Category | None, tree: Sequence[Category], answer: SearchAnswer
) -> list[dict[str, Any]]:
    """Below the category, or beside it when nothing is below; in a search, where the hits are."""
    counts = Counter({value.value: value.count for value in answer.facets.get("category", ())})
    if here is None:
        rows = [row for row in tree if _divides(row, counts[row.slug], answer) or row.slug == filters.category]
        path = reverse("storefront:search")
        return [
            {
                "name": row.name,
                "count": counts[row.slug],
                "url": filters.address(path, category="")
                if row.slug == filters.category
                else _moved(filters, path, row, row.slug),
                "is_active": row.slug == filters.category,
            }
            for row in rows
        ]
    parent = next((row for row in tree if row.pk == here.parent_id), None)
    siblings = children(tree, here) or children(tree, parent)
    return [
        {
            "name": row.name,
            # Counted with attributes that the link leaves behind, a number would promise too little.
            "count": counts[row.slug] if _kept(filters, row) == filters.attributes else "",
            "url": _moved(filters, reverse("storefront:category", args=[row.slug]), row),
            "is_active": row.pk == here.pk,
        }
        for row in siblings
    ]


def _moved(filters: Filters, path: str, row: Category, category: str = "") -> str:
    """The list of another category, without what only goods of this one are described by."""
    return filters.address(path, category=category, attributes=_kept(filters, row))


def _kept(filters: Filters, row: Category) -> tuple[str, ...]:
    if not filters.attributes:
        return ()
    known = {one.code for one in attributes_to_filter(row.slug)}
    return tuple(pair for pair in filters.attributes if pair.partition("=")[0] in known)


def _divides(row: Category, count: int, answer: SearchAnswer) -> bool:
    """A root that holds everything there is says nothing."""
    return count > 0 and (row.parent_id is not None or count < answer.total)


def _sorts(filters: Filters, path: str) -> list[dict[str, Any]]:
    words = {
        "relevance": _("Best match"),
        "price": _("Cheapest"),
        "-price": _("Dearest"),
        "newest": _("Newest"),
        "rating": _("Best rated"),
    }
    return [
        {"label": label, "url": filters.address(path, sort=sort), "is_active": filters.sort == sort}
        for sort, label in words.items()
    ]


def _quick(filters: Filters, path: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": filters.address(path, **{field: not getattr(filters, field)}), "is_on": is_on}
        for field, label, is_on in (
            ("in_stock", _("In stock"), filters.in_stock),
            ("in_season", _("In season"), filters.in_season),
        )
    ]
