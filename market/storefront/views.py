"""Buyers' pages: find and look."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.pricing.ladder import ladder
from catalog.pricing.models import Price
from catalog.products.models import Category, Product, Variant
from catalog.stock.queries import free_stock
from market.channels.models import Channel
from market.common.languages import active_language
from market.storefront.forms import FilterForm
from search.products.answer import SearchQuery
from search.products.queries import search_products

SIZE = 24


def root(request: HttpRequest) -> HttpResponse:
    """To the home page in the language of cookie or Accept-Language."""
    return redirect("storefront:home")


def home(request: HttpRequest) -> HttpResponse:
    """Search, categories and the newest goods; the same page serves every filtered list."""
    form = FilterForm(request.GET)
    chosen = form.chosen()
    query = SearchQuery(language=active_language(), size=SIZE, with_facets=True, **chosen)
    answer = search_products(query)
    parameters = request.GET.copy()
    parameters.pop("page", None)
    return render(
        request,
        "storefront/home.html",
        {
            "form": form,
            "query": query,
            "answer": answer,
            "pages": answer.pages(SIZE),
            "parameters": parameters.urlencode(),
            "categories": Category.objects.filter(parent=None),
        },
    )


def product(request: HttpRequest, product_id: int, slug: str = "") -> HttpResponse:
    found = (
        Product.objects.published()
        .select_related("enterprise__unit", "category", "origin_unit")
        .prefetch_related("images")
        .filter(pk=product_id)
        .first()
    )
    if found is None:
        raise Http404
    if slug != found.slug:
        return redirect("storefront:product", found.pk, found.slug, permanent=True)
    channel = Channel.objects.get(code="domestic")
    variants = list(Variant.objects.filter(product=found, is_active=True))
    prices = {
        p.variant_id: p for p in Price.objects.filter(variant__in=variants, channel=channel).prefetch_related("tiers")
    }
    free = free_stock({variant.pk for variant in variants})
    offers = []
    for variant in variants:
        price = prices.get(variant.pk)
        if price is not None:
            steps = ladder(price, price.tiers.all(), variant.net_kg, channel.currency)
            offers.append({"variant": variant, "price": price, "steps": steps, "left": free.get(variant.pk, 0)})
    lots = found.lots.filter(state="open").order_by("-harvested_to")[:5]
    return render(
        request,
        "storefront/product.html",
        {"product": found, "offers": offers, "currency": channel.currency, "lots": lots},
    )
