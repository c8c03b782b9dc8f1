"""Catalogue rows to documents, in a constant number of statements per batch."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import F, Prefetch, Sum

from catalog.pricing.ladder import Step, ladder
from catalog.pricing.models import Price
from catalog.products.models import Product, Variant
from catalog.stock.models import StockItem
from market.channels.models import Channel
from search.analysis.streams import SENTINEL, streams
from search.products.models import SearchDocument

THUMBNAIL = 320


def load_documents(product_ids: Iterable[int], version: int) -> list[SearchDocument]:
    """Documents of those products that the public may see now; whoever is missing in the answer is to be deleted."""
    ids = list(product_ids)
    products = list(
        Product.objects.published()
        .filter(pk__in=ids)
        .select_related("enterprise", "category", "origin_unit")
        .prefetch_related(
            "images",
            "listings",
            Prefetch(
                "variants",
                Variant.objects.filter(is_active=True).prefetch_related(
                    Prefetch("prices", Price.objects.prefetch_related("tiers"))
                ),
            ),
        )
        .order_by("pk")
    )
    channels = {channel.pk: channel for channel in Channel.objects.filter(is_active=True)}
    stocked = _stocked(ids)
    documents = []
    for product in products:
        tokens = _words(product)
        for listing in product.listings.all():
            channel = channels.get(listing.channel_id)
            document = _document(product, channel, tokens, stocked, version) if channel else None
            if document is not None:
                documents.append(document)
    return documents


def _stocked(product_ids: Sequence[int]) -> set[int]:
    """Variants with anything left to promise."""
    rows = (
        StockItem.objects.filter(variant__product_id__in=product_ids, warehouse__is_active=True)
        .values("variant_id")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
        .filter(free__gt=0)
    )
    return {row["variant_id"] for row in rows}


def _words(product: Product) -> str:
    found = streams(
        [
            product.name_zh,
            product.name_en,
            product.name_ru,
            product.category.name_zh,
            product.category.name_en,
            product.category.name_ru,
        ],
        [
            product.origin_unit.name_zh,
            product.origin_unit.name_en,
            product.enterprise.name_zh,
            product.description_zh,
            product.description_en,
            product.description_ru,
        ],
    )
    tokens = dict.fromkeys(" ".join([found.words, found.bi, found.py, found.u, found.body]).split())
    tokens.pop(SENTINEL, None)
    return f" {' '.join(tokens)} "


def _document(product: Product, channel: Channel, words: str, stocked: set[int], version: int) -> SearchDocument | None:
    offers = _offers(product, channel)
    if not offers:
        return None
    variant, price, step = min(offers, key=lambda offer: (offer[2].kg_price, offer[0].position, offer[0].pk))
    image = next(iter(product.images.all()), None)
    months = product.season_months or [0]
    return SearchDocument(
        product_id=product.pk,
        channel=channel.code,
        enterprise_id=product.enterprise_id,
        name_zh=product.name_zh,
        name_en=product.name_en,
        name_ru=product.name_ru,
        slug=product.slug,
        category_slug=product.category.slug,
        category_path=product.category.path,
        origin_code=product.origin_unit.code,
        origin_path=product.origin_unit.path,
        origin_zh=product.origin_unit.name_zh,
        origin_en=product.origin_unit.name_en,
        origin_ru=product.origin_unit.name_ru,
        seller_number=product.enterprise.number,
        seller_zh=product.enterprise.name_zh,
        seller_en=product.enterprise.name_en,
        seller_ru=product.enterprise.name_ru,
        grade=product.grade,
        season_months=f" {' '.join(str(month) for month in months)} ",
        currency=channel.currency,
        price=step.unit_price,
        price_per_kg=step.kg_price,
        unit=variant.unit,
        net_kg=variant.net_kg,
        moq=price.moq,
        thumbnail_url=image.thumbnail_url(THUMBNAIL) if image else "",
        in_stock=any(variant.pk in stocked for variant, _, _ in offers),
        words=words,
        published_at=product.published_at or product.created_at,
        version=version,
    )


def _offers(product: Product, channel: Channel) -> list[tuple[Variant, Price, Step]]:
    offers = []
    for variant in product.variants.all():
        for price in variant.prices.all():
            if price.channel_id == channel.pk:
                steps = ladder(price, price.tiers.all(), variant.net_kg, channel.currency)
                if steps and steps[0].unit_price >= Decimal(0):
                    offers.append((variant, price, steps[0]))
    return offers
