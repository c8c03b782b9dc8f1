"""Buyers' pages: home, a product, a seller, help."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from catalog.lots.models import HarvestLot
from catalog.products.badges import shown_badges
from catalog.products.models import Product
from catalog.products.queries import shown_attributes
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.languages import active_language, column
from market.common.paging import page_links
from market.common.quantity import parse_decimal
from market.common.visits import visit_of
from market.enterprises.models import Enterprise
from market.storefront.categories import ancestors, category_tree, tiles
from market.storefront.filters import Filters, read_filters
from market.storefront.listing import SIZE, public_page
from market.storefront.offers import Offer, offers_of
from market.storefront.window import home_cards
from orders.cart.actions.change_cart import MAX_QUANTITY
from orders.documents.contents.commitment import is_obliged
from orders.documents.models import Document
from orders.documents.queries import commitments_of
from orders.reviews.queries import newest_reviews
from search.products.queries import search_products


def root(request: HttpRequest) -> HttpResponse:
    """To the home page in the language of cookie or Accept-Language."""
    return redirect("storefront:home")


def home(request: HttpRequest) -> HttpResponse:
    """Words to search by, categories, what is harvested now, what is new. The same for everybody."""
    if request.GET.get("q"):
        return redirect(read_filters(request.GET).address(reverse("storefront:search")))
    season, newest = home_cards(active_language())
    context = {"tiles": tiles(category_tree()), "season": season, "newest": newest}
    return public_page(render(request, "storefront/home.html", context))


def help_page(request: HttpRequest) -> HttpResponse:
    return public_page(render(request, "storefront/help.html"))


def find_product(product_id: int) -> Product:
    found = (
        Product.objects.published()
        .select_related("enterprise__unit__parent", "category", "origin_unit")
        .prefetch_related("images")
        .filter(pk=product_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def product(request: HttpRequest, product_id: int, slug: str = "") -> HttpResponse:
    found = find_product(product_id)
    if slug != found.slug:
        return redirect("storefront:product", found.pk, found.slug, permanent=True)
    typed = request.GET.get("quantity", "")
    return show_product(request, found, variant=request.GET.get("v", ""), typed=typed)


def show_product(
    request: HttpRequest, found: Product, *, variant: str, typed: str, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page with one packing chosen and one quantity reckoned; also the answer to a quantity that was refused."""
    offers = offers_of(found, Channel.objects.get(code="domestic"))
    offer = next((o for o in offers if str(o.variant.pk) == variant), offers[0] if offers else None)
    context: dict[str, Any] = {
        "product": found,
        "offers": offers,
        "lots": (lots := lots_of(found)),
        "certified": _certified(found, lots),
        "said": shown_attributes(found.attributes, found.category.path, active_language()),
        "badges": shown_badges(found.badges, timezone.localdate(read_clock())),
        "crumbs": ancestors(tree := category_tree(), found.category) + [c for c in tree if c.pk == found.category_id],
        "reviews": newest_reviews(found.pk) if found.rating_count else [],
        "problem": problem,
        "own_path": reverse("storefront:product", args=[found.pk, found.slug]),
    }
    if offer is not None:
        context |= reckoned(offer, typed) | {"offer": offer, "typed": typed}
    response = render(request, "storefront/product.html", context, status=status)
    patch_cache_control(response, private=True, max_age=0)
    return response


def _certified(product: Product, lots: Iterable[HarvestLot]) -> list[tuple[HarvestLot, Document | None]]:
    """Lots on sale with their commitment certificates, where the law asks for one; no statement elsewhere."""
    if not is_obliged(product):
        return []
    found = commitments_of(lots)
    return [(lot, found.get(lot.pk)) for lot in lots]


def reckoned(offer: Offer, typed: str) -> dict[str, Any]:
    quantity = read_quantity(typed) or offer.least
    return {"quote": offer.quote(quantity), "rungs": offer.rungs(quantity)}


def read_quantity(typed: str) -> Decimal | None:
    """A quantity that can be reckoned with, or None."""
    quantity = parse_decimal(typed, active_language())
    if quantity is None or not 0 < quantity <= MAX_QUANTITY or quantity != round(quantity, 3):
        return None
    return quantity


def quote(request: HttpRequest, product_id: int) -> HttpResponse:
    """The ladder and the total for a quantity, as the page shows them: reckoned here, never in the browser."""
    found = find_product(product_id)
    offers = offers_of(found, Channel.objects.get(code="domestic"))
    offer = next((o for o in offers if str(o.variant.pk) == request.GET.get("v", "")), None)
    if offer is None:
        raise Http404
    typed = request.GET.get("quantity", "")
    context = {"product": found, "offer": offer, "is_fragment": True} | reckoned(offer, typed)
    context["problem"] = "" if read_quantity(typed) else _("Please enter a quantity, such as 10.")
    return render(request, "storefront/product.html#answer", context)


def lots_of(found: Product) -> list[HarvestLot]:
    """Open lots with what is left of them, newest harvest first."""
    lots = found.lots.filter(state=HarvestLot.State.OPEN).annotate(left=Sum("stock__on_hand"))
    return list(lots.select_related("origin_unit").order_by("-harvested_to", "-pk")[:5])


def enquiry_url() -> str:
    """Where an export enquiry begins; empty in an installation that sells at home only."""
    try:
        return reverse("storefront:enquiry")
    except NoReverseMatch:
        return ""


def seller(request: HttpRequest, number: str) -> HttpResponse:
    """An enterprise that sells, what has been checked about it, and what it offers."""
    enterprise = Enterprise.objects.select_related("unit__parent").filter(number=number).first()
    if enterprise is None or not enterprise.is_selling:
        raise Http404
    filters = Filters(page=read_filters(request.GET).page)
    query = replace(filters.search_query(size=SIZE, with_facets=False), enterprise=number, session=visit_of(request))
    answer = search_products(query)
    last = answer.pages(SIZE)
    if filters.page > last:
        return redirect(filters.address(request.path, page=last))
    context = {
        "enterprise": enterprise,
        "about": getattr(enterprise, column("about", active_language())) or enterprise.about_zh,
        "answer": answer,
        "links": page_links(filters.page, last, lambda page: filters.address(request.path, page=page)),
    }
    return public_page(render(request, "storefront/seller.html", context))
