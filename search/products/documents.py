"""Catalogue rows to documents, in a constant number of statements per batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Prefetch, Sum

from catalog.pricing.ladder import Step, ladder
from catalog.pricing.models import Price
from catalog.products.models import Product, Variant
from catalog.stock.models import StockItem
from market.channels.models import Channel
from search.analysis.streams import streams
from search.engines.base import Deletion, Document, Schema
from search.engines.fit import check_document
from search.products.schema import month_value, pid_of, product_schema

THUMBNAIL = 320
PRICE_SCALE, QUANTITY_SCALE = 10_000, 1_000
LARGEST = Decimal(10**12)
IN_STOCK = 1 << 48  # above any product number
Offer = tuple[Variant, Price, Step]


@dataclass(frozen=True)
class Loaded:
    """`failed`: products whose document could not be made, by number; what stood there before stays."""

    documents: list[Document] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    failed: dict[int, Exception] = field(default_factory=dict)


def load_documents(product_ids: Iterable[int], version: int) -> Loaded:
    """Documents of those products that the public may see now, one per channel they are offered in; a deletion for
    every other channel. Eight statements, however many products."""
    ids = list(product_ids)
    channels = list(Channel.objects.all())
    stocked = _stocked(ids)
    products = {product.pk: product for product in _published(ids)}
    schema, loaded = product_schema(), Loaded()
    for product_id in ids:
        try:
            product = products.get(product_id)
            made = _documents(product, channels, stocked, version, schema) if product is not None else []
        except Exception as error:  # noqa: BLE001 - one product that cannot be read must not hold up the others
            loaded.failed[product_id] = error
            continue
        kept = {document.pid for document in made}
        loaded.documents.extend(made)
        gone = [pid for channel in channels if (pid := pid_of(product_id, channel.code)) not in kept]
        loaded.deletions.extend(Deletion(pid, version) for pid in gone)
    return loaded


def _published(ids: Sequence[int]) -> Iterable[Product]:
    prices = Prefetch("prices", Price.objects.prefetch_related("tiers"))
    variants = Prefetch("variants", Variant.objects.filter(is_active=True).prefetch_related(prices))
    return (
        Product.objects.published()
        .filter(pk__in=ids)
        .select_related("enterprise", "category", "origin_unit")
        .prefetch_related("images", "listings", variants)
        .order_by("pk")
    )


def _stocked(product_ids: Sequence[int]) -> set[int]:
    """Variants with anything left to promise."""
    rows = (
        StockItem.objects.filter(variant__product_id__in=product_ids, warehouse__is_active=True)
        .values("variant_id")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
        .filter(free__gt=0)
    )
    return {row["variant_id"] for row in rows}


def _documents(
    product: Product, channels: Sequence[Channel], stocked: set[int], version: int, schema: Schema
) -> list[Document]:
    listed = {listing.channel_id for listing in product.listings.all()}
    documents: list[Document] = []
    tokens: dict[str, str] = {}
    for channel in channels:
        offers = _offers(product, channel) if channel.is_active and channel.pk in listed else []
        if offers:
            tokens = tokens or _streams(product)
            document = _document(product, channel, offers, tokens, stocked, version)
            check_document(document, schema)
            documents.append(document)
    return documents


def _offers(product: Product, channel: Channel) -> list[Offer]:
    """Cheapest packing by weight first."""
    offers = []
    for variant in product.variants.all():
        for price in variant.prices.all():
            if price.channel_id == channel.pk:
                steps = ladder(price, price.tiers.all(), variant.net_kg, channel.currency)
                if steps:
                    offers.append((variant, price, steps[0]))
    return sorted(offers, key=lambda offer: (offer[2].kg_price, offer[0].position, offer[0].pk))


def _streams(product: Product) -> dict[str, str]:
    category, unit, seller = product.category, product.origin_unit, product.enterprise
    titles = [product.name_zh, product.name_en, product.name_ru]
    bodies = [
        *(category.name_zh, category.name_en, category.name_ru),
        *(unit.name_zh, unit.name_en, unit.name_ru),
        *(seller.name_zh, seller.name_en, seller.name_ru),
        *(product.description_zh, product.description_en, product.description_ru),
    ]
    found = streams(titles, bodies)
    return {"words": found.words, "body": found.body, "bi": found.bi, "py": found.py, "u": found.u}


def _document(
    product: Product,
    channel: Channel,
    offers: Sequence[Offer],
    tokens: dict[str, str],
    stocked: set[int],
    version: int,
) -> Document:
    _, price, step = offers[0]
    in_stock = any(variant.pk in stocked for variant, _, _ in offers)
    months = product.season_months or range(1, 13)
    return Document(
        pid=pid_of(product.pk, channel.code),
        streams=tokens,
        keywords={
            "product": (str(product.pk),),
            "channel": (channel.code,),
            "category": _parts(product.category.path),
            "enterprise": (product.enterprise.number,),
            "origin": _parts(product.origin_unit.path),
            "grade": (product.grade,),
            "months": tuple(month_value(month) for month in months),
            "stock": ("yes" if in_stock else "no",),
        },
        numbers={
            "price_kg": scaled(step.kg_price, PRICE_SCALE),
            "moq": scaled(price.moq, QUANTITY_SCALE),
            "newest": product.pk,
            "browse": product.pk + (IN_STOCK if in_stock else 0),
        },
        flags={},
        show=_show(product, channel, offers[0], in_stock),
        version=version,
    )


def scaled(value: Decimal, scale: int) -> int:
    """The whole number an engine keeps; what no price or quantity can be is cut to the bound."""
    return int(max(-LARGEST, min(value, LARGEST)) * scale)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _show(product: Product, channel: Channel, offer: Offer, in_stock: bool) -> dict[str, Any]:
    """Everything a card shows, in three languages; numbers as text, exact."""
    variant, price, step = offer
    image = next(iter(product.images.all()), None)
    unit, seller = product.origin_unit, product.enterprise
    return {
        "slug": product.slug,
        "name": [product.name_zh, product.name_en, product.name_ru],
        "seller": [seller.name_zh, seller.name_en, seller.name_ru],
        "seller_number": seller.number,
        "origin": [unit.name_zh, unit.name_en, unit.name_ru],
        "category": product.category.slug,
        "grade": product.grade,
        "months": list(product.season_months),
        "currency": channel.currency,
        "price": str(step.unit_price),
        "price_kg": str(step.kg_price),
        "unit": variant.unit,
        "net_kg": str(variant.net_kg),
        "moq": str(price.moq),
        "thumbnail": image.thumbnail_url(THUMBNAIL) if image else "",
        "in_stock": in_stock,
    }
