"""What somebody may be about to type, below the search field: words and where they lead. The page works without."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from catalog.products.models import Category
from market.storefront.categories import category_tree
from market.storefront.filters import Filters, read_text
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
    """A fragment; empty when nothing begins like that. From memory, no statement."""
    found = suggest(read_text(request.GET.get("q", "")), limit=SHOWN)
    tree = category_tree() if any(one.kind == "category" for one in found) else ()
    kinds = {
        "category": _("category"),
        "place": _("place of origin"),
        "product": "",
        SELLERS: _("seller"),
        "query": _("searched before"),
    }
    offered = [Offered(one.text, kinds.get(one.kind, ""), _address(one, tree)) for one in found]
    response = render(request, "storefront/_suggestions.html", {"found": offered})
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def _address(one: Suggestion, tree: Sequence[Category]) -> str:
    """A seller, and a category by one of its names, leads to its own page, everything else to a search."""
    if one.kind == SELLERS and one.target:
        return reverse("storefront:seller", args=[one.target])
    if one.kind == "category":
        for row in tree:
            if one.text in (row.name_zh, row.name_en, row.name_ru):
                return reverse("storefront:category", args=[row.slug])
    return Filters(text=one.text).address(reverse("storefront:search"))
