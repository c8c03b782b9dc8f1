"""What the product pages show. A list costs the same statements for 3 and for 30 rows."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from catalog.pricing.ladder import Step, ladder
from catalog.pricing.models import Price
from catalog.products.attributes import read_said
from catalog.products.models import Product, ProductImage, Variant
from catalog.products.queries import all_attributes, attributes_named
from catalog.stock.models import StockItem
from market.channels.models import Channel
from market.common.errors import NotFound
from market.common.languages import active_language
from market.enterprises.models import Enterprise

LOOKED_AT = 2_000


def in_stock() -> Exists:
    """Of a Variant row: something free in a warehouse that is open."""
    return Exists(
        StockItem.objects.filter(variant=OuterRef("pk"), warehouse__is_active=True, on_hand__gt=F("reserved"))
    )


def sold_out(enterprise: Enterprise) -> QuerySet[Variant]:
    """Packings on offer of which nothing is left."""
    return Variant.objects.for_enterprise(enterprise.pk).filter(
        ~in_stock(), is_active=True, product__state=Product.State.PUBLISHED
    )


def own_products(enterprise: Enterprise, *, text: str = "", state: str = "") -> QuerySet[Product]:
    """Newest change first, with the number of packings on offer and the first picture."""
    rows = Product.objects.for_enterprise(enterprise.pk).select_related("category")
    if state:
        rows = rows.filter(state=state)
    for word in text.split():
        named = Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(name_ru__icontains=word)
        rows = rows.filter(
            named | Exists(Variant.objects.filter(product=OuterRef("pk"), sku__icontains=word)),
        )
    return (
        rows.annotate(packings=Count("variants", filter=Q(variants__is_active=True)))
        .prefetch_related("images")
        .order_by("-updated_at", "-pk")
    )


def own_product(enterprise: Enterprise, product_id: int) -> Product:
    """Raises NotFound for another's, as for one that does not exist."""
    found = (
        Product.objects.for_enterprise(enterprise.pk)
        .select_related("enterprise__unit", "category", "origin_unit")
        .filter(pk=product_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class SaidOfProduct:
    """`counts`: name and text of what buyers see; `kept`: name, text and why they do not."""

    counts: list[tuple[str, str]]
    kept: list[tuple[str, str, str]]


def said_of(product: Product) -> SaidOfProduct:
    """In the reader's language; two statements, none where the product says nothing."""
    language = active_language()
    said = read_said(product.attributes, attributes_named(product.attributes), product.category.path)
    return SaidOfProduct(
        [(one.name(language), one.text(language)) for one in said if not one.problem],
        [(one.name(language), one.text(language), one.reason) for one in said if one.problem],
    )


def with_old_properties(enterprise: Enterprise) -> list[Product]:
    """Those of which something they say no longer counts, not the withdrawn ones; of the two thousand changed last. One
    statement: what attributes mean comes from memory."""
    rows = Product.objects.for_enterprise(enterprise.pk).exclude(attributes={}).exclude(state=Product.State.WITHDRAWN)
    names = ("name_zh", "name_en", "name_ru", "attributes", "category__path")
    known = all_attributes()
    recent = rows.select_related("category").only(*names).order_by("-updated_at", "-pk")[:LOOKED_AT]
    return [row for row in recent if any(one.problem for one in read_said(row.attributes, known, row.category.path))]


def own_packing(enterprise: Enterprise, variant_id: int) -> Variant:
    found = (
        Variant.objects.for_enterprise(enterprise.pk)
        .select_related("product__enterprise", "product__origin_unit")
        .filter(pk=variant_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def own_image(enterprise: Enterprise, image_id: int) -> ProductImage:
    found = ProductImage.objects.select_related("product").filter(product__enterprise=enterprise, pk=image_id).first()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class ChannelPrice:
    """What a packing costs in a channel; no price, no steps."""

    channel: Channel
    price: Price | None
    steps: list[Step]


@dataclass(frozen=True)
class OfferedPacking:
    variant: Variant
    prices: list[ChannelPrice]


def offered_packings(product: Product, channels: list[Channel]) -> list[OfferedPacking]:
    """Three statements for any number of packings."""
    variants = list(product.variants.all())
    found = {
        (price.variant_id, price.channel_id): price
        for price in Price.objects.filter(variant__in=variants).prefetch_related("tiers")
    }
    return [
        OfferedPacking(
            variant,
            [_channel_price(variant, channel, found.get((variant.pk, channel.pk))) for channel in channels],
        )
        for variant in variants
    ]


def _channel_price(variant: Variant, channel: Channel, price: Price | None) -> ChannelPrice:
    steps = ladder(price, price.tiers.all(), variant.net_kg, channel.currency) if price else []
    return ChannelPrice(channel, price, steps)
