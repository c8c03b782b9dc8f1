"""What somebody may be about to type, below the search field: words and where they lead. The page works without."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from catalog.products.models import Category
from market.channels.queries import export_code
from market.storefront.categories import category_tree
from market.storefront.filters import Filters, read_filters
from search.products.queries import suggest
from search.query.suggest import SELLERS, Suggestion

SHOWN = 8
SECONDS = 60


@dataclass(frozen=True)
class Offered:
    text: str
    kind: str
    url: str


def suggestions(request: HttpRequest) -> HttpResponse:
    """A fragment; empty when nothing begins like that. From memory, no statement. Who looks at goods for a country
    abroad is offered what is sold abroad, and stays there."""
    filters = read_filters(request.GET)
    found = suggest(filters.text, channel=filters.channel, limit=SHOWN)
    there = Filters(destination=filters.destination if export_code() else "")
    tree = category_tree() if any(one.kind == "category" for one in found) else ()
    kinds = {
        "category": _("category"),
        "place": _("place of origin"),
        "product": "",
        SELLERS: _("seller"),
        "query": _("searched before"),
    }
    offered = [Offered(one.text, kinds.get(one.kind, ""), _address(one, tree, there)) for one in found]
    response = render(request, "storefront/_suggestions.html", {"found": offered})
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def _address(one: Suggestion, tree: Sequence[Category], there: Filters) -> str:
    """A seller, and a category by one of its names, leads to its own page, everything else to a search. A seller's page
    shows what is sold at home: its goods for abroad are searched."""
    if one.kind == SELLERS and one.target and not there.destination:
        return reverse("storefront:seller", args=[one.target])
    if one.kind == "category":
        for row in tree:
            if one.text in (row.name_zh, row.name_en, row.name_ru):
                return there.address(reverse("storefront:category", args=[row.slug]))
    return there.address(reverse("storefront:search"), text=one.text)
