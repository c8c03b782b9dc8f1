"""`{% export_box product %}`: what the export channel offers of a product, said before anything is put in a cart."""

from collections import defaultdict
from typing import Any

from django import template
from django.utils import timezone

from catalog.pricing.ladder import ladder
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Product
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.languages import listed
from market.compliance.queries import export_notice, is_cleared

register = template.Library()


@register.inclusion_tag("storefront/_export_box.html", takes_context=True)
def export_box(context: dict[str, Any], product: Product) -> dict[str, Any]:
    """Open countries and those whose law bars the origin; with an open one, the export prices and a button that leads
    to the enquiry, and a word beforehand where it may be refused for the seller's owners. Four statements, two when
    everything is closed."""
    today = timezone.localdate(read_clock())
    notice = export_notice(product.hs_code, product.origin_subdivision, today)
    offers = _offers(product) if notice.is_open else []
    return {
        "product": product,
        "notice": notice,
        "open_countries": listed(notice.open_countries),
        "barred": listed(notice.barred),
        "offers": offers,
        "is_doubtful": bool(offers) and not is_cleared(product.enterprise_id, today),
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
    }


def _offers(product: Product) -> list[dict[str, Any]]:
    tiers: dict[Price, list[PriceTier]] = defaultdict(list)
    for tier in (
        PriceTier.objects.filter(
            price__variant__product=product,
            price__variant__is_active=True,
            price__channel__kind=Channel.Kind.EXPORT,
            price__channel__is_active=True,
            price__channel__listings__product=product,
        )
        .select_related("price__variant", "price__channel")
        .order_by("price__variant__position", "price__variant_id", "min_quantity")
    ):
        tiers[tier.price].append(tier)
    return [
        {
            "variant": price.variant,
            "price": price,
            "currency": price.channel.currency,
            "steps": ladder(price, rungs, price.variant.net_kg, price.channel.currency),
        }
        for price, rungs in tiers.items()
    ]
