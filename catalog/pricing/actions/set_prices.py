"""Many prices at once, as imports bring them: `check_price` has been asked for each, this only writes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from catalog.pricing.models import Price, PriceTier
from market.common.bulk import insert_rows, insert_values

Tiers = Sequence[tuple[Decimal, Decimal]]


def set_prices(prices: Mapping[tuple[int, int], tuple[Price, Tiers]]) -> None:
    """`prices` by packing and channel, each with its whole ladder. Three statements; call in a transaction that holds
    the locks of the packings, and tell the index yourself."""
    rows = [price for price, _tiers in prices.values()]
    if not rows:
        return
    insert_rows(rows, unique=("variant", "channel"), update=("basis", "moq", "multiple"))
    PriceTier.objects.filter(price__in=[row.pk for row in rows]).delete()
    steps = [(price.pk, quantity, amount) for price, tiers in prices.values() for quantity, amount in tiers]
    insert_values(PriceTier, ("price", "min_quantity", "amount"), steps)
