"""What documents are made of, as plain values: five statements, compiled once, however many products, and two for the
attributes where any product has some."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast

from catalog.pricing.models import Price, PriceTier
from catalog.products.attributes import Definition
from catalog.products.models import ChannelListing, Product, ProductImage
from catalog.products.queries import attributes_named
from catalog.stock.models import StockItem
from market.common.prepared import IsIn, PreparedSelect


class Named(NamedTuple):
    """A name in Chinese, English and Russian."""

    zh: str
    en: str
    ru: str


@dataclass(frozen=True)
class ProductRow:
    """A product the public may see, with what it belongs to. `image`: file and thumbnails of the first picture."""

    pk: int
    name: Named
    description: Named
    grade: str
    hs_code: str
    origin_subdivision: str
    season_months: Sequence[int]
    badges: Sequence[Mapping[str, str]]
    attributes: Mapping[str, Any]
    rating_count: int
    rating_sum: int
    category_slug: str
    category_path: str
    category: Named
    origin_path: str
    origin: Named
    seller_number: str
    seller: Named
    channels: frozenset[int]
    image: tuple[str, dict[str, str]] | None
    offers: Sequence["OfferRow"]


class OfferRow(NamedTuple):
    """The first step of an active packing's price in a channel."""

    product_id: int
    channel_id: int
    variant_id: int
    position: int
    unit: str
    net_kg: Decimal
    basis: str
    moq: Decimal
    amount: Decimal


@dataclass(frozen=True)
class ProductRows:
    """`stocked`: packings with anything left to promise. `definitions`: of all attributes the products speak of, by
    code."""

    products: dict[int, ProductRow] = field(default_factory=dict)
    stocked: frozenset[int] = frozenset()
    definitions: Mapping[str, Definition] = field(default_factory=dict)


def read_rows(ids: Sequence[int]) -> ProductRows:
    """Stock first: what is sold out while the rest is read comes again as a change of its own."""
    stocked = frozenset(variant for (variant,) in _stocked()(ids=ids))
    listed: dict[int, set[int]] = defaultdict(set)
    for product, channel in _listings()(ids=ids):
        listed[product].add(channel)
    images: dict[int, tuple[str, dict[str, str]]] = {}
    for product, name, thumbnails in _images()(ids=ids):
        if product not in images:
            images[product] = name, json.loads(thumbnails)
    offers: dict[int, list[OfferRow]] = defaultdict(list)
    for offer in map(OfferRow._make, _offers()(ids=ids)):
        if offer.amount is not None:
            offers[offer.product_id].append(offer)
    found = {}
    for row in _products()(ids=ids):
        pk, grade, hs_code, subdivision, months, badges, attributes, reviews, stars, *rest = row
        slug, path, origin_path, number, *names = rest
        said = json.loads(attributes)
        name, description, category, origin, seller = (Named(*names[place : place + 3]) for place in range(0, 15, 3))
        found[pk] = ProductRow(
            pk=pk,
            name=name,
            description=description,
            grade=grade,
            hs_code=hs_code,
            origin_subdivision=subdivision,
            season_months=_same(months),
            badges=_same(badges),
            attributes=said if isinstance(said, dict) else {},  # SQL may write anything
            rating_count=reviews,
            rating_sum=stars,
            category_slug=slug,
            category_path=path,
            category=category,
            origin_path=origin_path,
            origin=origin,
            seller_number=number,
            seller=seller,
            channels=frozenset(listed[pk]),
            image=images.get(pk),
            offers=tuple(offers[pk]),
        )
    codes = {code for row in found.values() for code in row.attributes}
    return ProductRows(found, stocked, {one.code: one for one in attributes_named(sorted(codes))})


@lru_cache(maxsize=1_000)
def _same(text: str) -> Any:
    """JSON of seasons and certificates is the same for many products. To be read only."""
    return json.loads(text)


def _three(stem: str) -> tuple[str, str, str]:
    return f"{stem}_zh", f"{stem}_en", f"{stem}_ru"


@cache
def _products() -> PreparedSelect[tuple[Any, ...]]:
    def build() -> "QuerySet[Product, tuple[Any, ...]]":
        # Of JSON the text: what reads it here is the same for most rows.
        plain: tuple[str | Cast, ...] = (
            "pk",
            "grade",
            "hs_code",
            "origin_subdivision",
            *(Cast(name, TextField()) for name in ("season_months", "badges", "attributes")),
            "rating_count",
            "rating_sum",
            "category__slug",
            "category__path",
            "origin_unit__path",
        )
        stems = ("name", "description", "category__name", "origin_unit__name", "enterprise__name")
        names = [column for stem in stems for column in _three(stem)]
        found = Product.objects.published().filter(IsIn(F("pk"), "ids", BigIntegerField()))
        return found.order_by().values_list(*plain, "enterprise__number", *names)

    return PreparedSelect(build)


@cache
def _listings() -> PreparedSelect[tuple[Any, ...]]:
    def build() -> "QuerySet[ChannelListing, tuple[Any, ...]]":
        found = ChannelListing.objects.filter(IsIn(F("product_id"), "ids", BigIntegerField()))
        return found.values_list("product_id", "channel_id")

    return PreparedSelect(build)


@cache
def _images() -> PreparedSelect[tuple[Any, ...]]:
    """The first of a product first."""

    def build() -> "QuerySet[ProductImage, tuple[Any, ...]]":
        found = ProductImage.objects.filter(IsIn(F("product_id"), "ids", BigIntegerField()))
        return found.order_by("position", "pk").values_list("product_id", "file", Cast("thumbnails", TextField()))

    return PreparedSelect(build)


@cache
def _offers() -> PreparedSelect[tuple[Any, ...]]:
    """Of each price the first step, by itself: most have several, and to read them all costs more than all else."""

    def build() -> "QuerySet[Price, tuple[Any, ...]]":
        steps = PriceTier.objects.filter(price=OuterRef("pk")).order_by("min_quantity")
        found = Price.objects.filter(
            IsIn(F("variant__product_id"), "ids", BigIntegerField()), variant__is_active=True
        ).annotate(amount=Subquery(steps.values("amount")[:1]))
        packing = [f"variant__{name}" for name in ("pk", "position", "unit", "net_kg")]
        names = ("variant__product_id", "channel_id", *packing, "basis", "moq", "amount")
        return found.values_list(*names)

    return PreparedSelect(build)


@cache
def _stocked() -> PreparedSelect[tuple[Any, ...]]:
    def build() -> "QuerySet[StockItem, tuple[Any, ...]]":
        items = StockItem.objects.filter(
            IsIn(F("variant__product_id"), "ids", BigIntegerField()), warehouse__is_active=True
        )
        free = items.order_by().values("variant_id").annotate(free=Sum(F("on_hand") - F("reserved")))
        return free.filter(free__gt=0).values_list("variant_id")

    return PreparedSelect(build)
