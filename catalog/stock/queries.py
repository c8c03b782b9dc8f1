"""What can be bought: packings with their ladder and what is left to promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, CharField, F, OuterRef, QuerySet, Subquery, Sum

from catalog.pricing.ladder import Step, ladder
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Variant
from catalog.stock.models import StockItem
from market.common.fields import QuantityField
from market.common.prepared import Param, PreparedSelect


@dataclass(frozen=True)
class Offer:
    """A packing in a channel. `left` in its units; amounts in `currency`."""

    variant: Variant
    price: Price
    steps: tuple[Step, ...]
    left: Decimal
    currency: str


def _tiers() -> "QuerySet[PriceTier, tuple[Any, ...]]":
    free = (
        StockItem.objects.filter(variant=OuterRef("price__variant"), warehouse__is_active=True)
        .order_by()
        .values("variant")
        .annotate(sum=Sum(F("on_hand") - F("reserved"), output_field=QuantityField()))
        .values("sum")
    )
    return (
        PriceTier.objects.filter(
            price__variant__product=Param("product", BigIntegerField()),
            price__variant__is_active=True,
            price__channel__code=Param("channel", CharField()),
        )
        .annotate(currency=F("price__channel__currency"), left=Subquery(free, output_field=QuantityField()))
        .order_by("price__variant__position", "price__variant_id", "min_quantity")
        .values_list("min_quantity", "amount", "currency", "left", *_PRICE.values(), *_VARIANT.values())
    )


_PRICE = {name: f"price__{name}" for name in ("id", "variant_id", "channel_id", "basis", "moq", "multiple")}
_VARIANT = {
    name: f"price__variant__{name}"
    for name in ("id", "product_id", "sku", "unit", "net_kg", "gross_kg", "position", "is_active")
}
_find_tiers = PreparedSelect(_tiers)


def offers_of(product_id: int, channel: str) -> list[Offer]:
    """All packings of the product that have a price in the channel, in their order. One statement."""
    by_price: dict[int, list[Any]] = {}
    for row in _find_tiers(product=product_id, channel=channel):
        by_price.setdefault(row[_PRICE_ID], []).append(row)
    return [_offer(rows) for rows in by_price.values()]


_PRICE_ID = 4


def _offer(rows: list[Any]) -> Offer:
    _, _, currency, left, *values = rows[0]
    price = Price(**dict(zip(_PRICE, values, strict=False)))
    price.variant = variant = Variant(**dict(zip(_VARIANT, values[len(_PRICE) :], strict=True)))
    steps = ladder(price, [PriceTier(min_quantity=row[0], amount=row[1]) for row in rows], variant.net_kg, currency)
    return Offer(variant, price, tuple(steps), left or Decimal(0), currency)


def free_stock(variant_ids: Iterable[int]) -> dict[int, Decimal]:
    """Units left to promise, by variant; a variant without stock is not in the answer."""
    rows = (
        StockItem.objects.filter(variant_id__in=set(variant_ids), warehouse__is_active=True)
        .values("variant_id")
        .annotate(free=Sum(F("on_hand") - F("reserved"), output_field=QuantityField()))
        .values_list("variant_id", "free")
    )
    return dict(rows)
