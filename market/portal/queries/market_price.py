"""What the market pays for a seller's goods, as a hint beside the price they set."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from catalog.products.models import Product
from market.prices.matching import commodity_of
from market.prices.models import Commodity, PriceBand
from market.prices.public import newest_public


@dataclass(frozen=True)
class Hint:
    """The newest public band, per kilogram."""

    band: PriceBand
    is_other_grade: bool


def market_price(product: Product, now: datetime) -> Hint | None:
    """Of the product's own grade; where nobody tells of that, of goods that are not graded, which is said. Three
    statements at most."""
    commodity = commodity_of(product, Commodity.objects.filter(category=product.category_id))
    if commodity is None:
        return None
    today = localdate(now)
    for grade in dict.fromkeys((product.grade, Product.Grade.UNGRADED.value)):
        band = newest_public(commodity, [grade], today)
        if band is not None:
            return Hint(band, is_other_grade=grade != product.grade)
    return None
