"""A seller's own products as a program sees them: one statement per kind of row."""

from dataclasses import fields
from typing import Any

from django.db.models import Prefetch, QuerySet

from catalog.pricing.models import Price
from catalog.products.actions.write_product import ProductTexts
from catalog.products.attributes import read_said
from catalog.products.models import Product, Variant
from catalog.products.queries import attributes_named
from catalog.stock.models import StockItem
from market.common.errors import NotFound
from market.common.quantity import plain
from market.enterprises.models import Enterprise

TEXTS = tuple(column.name for column in fields(ProductTexts))


def own_products(enterprise: Enterprise, *, state: str = "", before: int | None = None) -> QuerySet[Product]:
    rows = Product.objects.for_enterprise(enterprise.pk).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(pk__lt=before) if before is not None else rows


def own_product(enterprise: Enterprise, product_id: int) -> Product:
    """Raises NotFound for another's, as for one that does not exist."""
    found = (
        Product.objects.for_enterprise(enterprise.pk)
        .select_related("enterprise", "category", "origin_unit")
        .filter(pk=product_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def seen_by_owner(product: Product) -> dict[str, Any]:
    """Shape: answers.OwnProduct."""
    prices = Price.objects.select_related("channel").prefetch_related("tiers").order_by("channel__position")
    items = StockItem.objects.select_related("warehouse").order_by("warehouse__code")
    variants = product.variants.prefetch_related(Prefetch("prices", prices)).prefetch_related(
        Prefetch("stock_items", items)
    )
    texts = {name: getattr(product, name) for name in TEXTS}
    return texts | {
        "id": product.pk,
        "state": product.state,
        "updated_at": product.updated_at,
        "category": product.category.slug,
        "attributes": product.attributes,
        "attribute_problems": {
            one.code: one.problem
            for one in read_said(product.attributes, attributes_named(product.attributes), product.category.path)
            if one.problem
        },
        "origin": product.origin_unit.code,
        "channels": list(product.listings.order_by("channel__position").values_list("channel__code", flat=True)),
        "images": [image.thumbnail_url(640) for image in product.images.all()],
        "variants": [_variant(variant) for variant in variants],
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "unit": variant.unit,
        "net_kg": plain(variant.net_kg),
        "gross_kg": plain(variant.gross_kg),
        "is_active": variant.is_active,
        "prices": [_price(price) for price in variant.prices.all()],
        "stock": [
            {"warehouse": item.warehouse.code, "on_hand": plain(item.on_hand), "reserved": plain(item.reserved)}
            for item in variant.stock_items.all()
        ],
    }


def _price(price: Price) -> dict[str, Any]:
    return {
        "channel": price.channel.code,
        "currency": price.channel.currency,
        "basis": price.basis,
        "moq": plain(price.moq),
        "multiple": plain(price.multiple),
        "tiers": [
            {"from_quantity": plain(tier.min_quantity), "amount": plain(tier.amount)} for tier in price.tiers.all()
        ],
    }
