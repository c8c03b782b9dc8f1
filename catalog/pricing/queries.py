"""Reads of what a packing costs."""

from decimal import Decimal

from catalog.pricing.ladder import ladder
from catalog.pricing.models import Price
from catalog.products.models import Variant


def costs_nothing(variant: Variant, net_kg: Decimal) -> bool:
    """Whether one unit of this weight would round to nothing at a price the packing has."""
    prices = Price.objects.filter(variant=variant).select_related("channel").prefetch_related("tiers")
    return any(
        step.unit_price <= 0
        for price in prices
        for step in ladder(price, price.tiers.all(), net_kg, price.channel.currency)
    )
