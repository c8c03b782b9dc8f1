"""Public reads of the catalogue: three statements a list, whatever is in it."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router

from catalog.pricing.ladder import Step, ladder
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Product, ProductImage
from market.api.paging import read_cursor, write_cursor
from market.channels.models import Channel
from market.common.errors import NotFound
from market.common.languages import column
from market.common.quantity import plain
from orders.cart.queries import free_stock

router = Router(tags=["catalogue"])


def channel_of(code: str) -> Channel:
    channel = Channel.objects.filter(code=code, is_active=True).first()
    if channel is None:
        raise NotFound()
    return channel


def _named(row: Any, stem: str, language: str) -> str:
    return str(getattr(row, column(stem, language)) or getattr(row, f"{stem}_zh"))


def _cards(channel_code: str, page_size: int, cursor: str, language: str, condition: Q | None = None) -> dict[str, Any]:
    rows = Product.objects.published().filter(condition or Q(), listings__channel__code=channel_code)
    if cursor:
        rows = rows.filter(pk__lt=read_cursor(cursor))
    products = list(rows.select_related("enterprise").order_by("-pk")[: page_size + 1])
    page = products[:page_size]
    cheapest = _cheapest([product.pk for product in page], channel_code)
    pictures: dict[int, ProductImage] = {}
    for image in ProductImage.objects.filter(product__in=[product.pk for product in page]):
        pictures.setdefault(image.product_id, image)
    items = []
    for product in page:
        price = cheapest.get(product.pk)
        picture = pictures.get(product.pk)
        items.append(
            {
                "id": product.pk,
                "slug": product.slug,
                "name": _named(product, "name", language),
                "price": price,
                "thumbnail_url": picture.thumbnail_url(320) if picture else None,
                "seller": {"number": product.enterprise.number, "name": _named(product.enterprise, "name", language)},
            }
        )
    return {"items": items, "next": write_cursor(page[-1].pk) if len(products) > page_size else None}


def _cheapest(product_ids: list[int], channel_code: str) -> dict[int, dict[str, Any]]:
    """Product id -> the first step of its cheapest packing per kilogram: one statement."""
    tiers: dict[Price, list[PriceTier]] = defaultdict(list)
    for tier in PriceTier.objects.filter(
        price__variant__product__in=product_ids, price__variant__is_active=True, price__channel__code=channel_code
    ).select_related("price__variant", "price__channel"):
        tiers[tier.price].append(tier)
    found: dict[int, tuple[Price, Step]] = {}
    for price, rungs in tiers.items():
        first = ladder(price, rungs, price.variant.net_kg, price.channel.currency)[0]
        best = found.get(price.variant.product_id)
        if best is None or first.kg_price < best[1].kg_price:
            found[price.variant.product_id] = (price, first)
    return {
        product_id: {
            "amount": plain(step.unit_price),
            "currency": price.channel.currency,
            "unit": price.variant.unit,
            "per_kg": plain(step.kg_price),
            "moq": plain(price.moq),
        }
        for product_id, (price, step) in found.items()
    }


@router.get("/products", url_name="products")
def list_products(
    request: HttpRequest,
    channel: str = "domestic",
    page_size: int = Query(24, ge=1, le=100),
    cursor: str = "",
    lang: str = "zh-hans",
) -> dict[str, Any]:
    return _cards(channel, page_size, cursor, lang)


@router.get("/search", url_name="search")
def search(
    request: HttpRequest,
    q: str = Query(..., min_length=1, max_length=200),
    lang: str = "zh-hans",
    channel: str = "domestic",
    page_size: int = Query(24, ge=1, le=100),
    cursor: str = "",
) -> dict[str, Any]:
    """By name, in any of the three languages."""
    condition = Q(name_zh__icontains=q) | Q(name_en__icontains=q) | Q(name_ru__icontains=q)
    return _cards(channel, page_size, cursor, lang, condition) | {"engine": "database"}


@router.get("/products/{int:product_id}", url_name="product")
def show_product(
    request: HttpRequest, product_id: int, channel: str = "domestic", lang: str = "zh-hans"
) -> dict[str, Any]:
    product = (
        Product.objects.published()
        .filter(pk=product_id, listings__channel__code=channel)
        .select_related("enterprise", "origin_unit", "category")
        .first()
    )
    if product is None:
        raise NotFound()
    tiers: dict[Price, list[PriceTier]] = defaultdict(list)
    for tier in (
        PriceTier.objects.filter(
            price__variant__product=product, price__variant__is_active=True, price__channel__code=channel
        )
        .select_related("price__variant", "price__channel")
        .order_by("price__variant__position", "price__variant_id", "min_quantity")
    ):
        tiers[tier.price].append(tier)
    free = free_stock({price.variant_id for price in tiers})
    return {
        "id": product.pk,
        "slug": product.slug,
        "name": _named(product, "name", lang),
        "description": _named(product, "description", lang),
        "category": product.category.slug,
        "origin": _named(product.origin_unit, "name", lang),
        "grade": product.grade,
        "season_months": product.season_months,
        "seller": {"number": product.enterprise.number, "name": _named(product.enterprise, "name", lang)},
        "images": [image.thumbnail_url(640) for image in product.images.all()],
        "variants": [_variant(price, rungs, free.get(price.variant_id, Decimal(0))) for price, rungs in tiers.items()],
    }


def _variant(price: Price, rungs: list[PriceTier], stock: Decimal) -> dict[str, Any]:
    variant, currency = price.variant, price.channel.currency
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "unit": variant.unit,
        "net_kg": plain(variant.net_kg),
        "stock": plain(stock),
        "currency": currency,
        "moq": plain(price.moq),
        "multiple": plain(price.multiple),
        "ladder": [
            {"from": plain(s.min_quantity), "unit_price": plain(s.unit_price), "kg_price": plain(s.kg_price)}
            for s in ladder(price, rungs, variant.net_kg, currency)
        ],
    }
