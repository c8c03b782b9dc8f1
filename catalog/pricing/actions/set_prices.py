"""Many prices at once, as imports bring them: `check_price` has been asked for each, this only writes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from catalog.pricing.models import Price, PriceTier
from market.common.bulk import insert_values

Tiers = tuple[tuple[Decimal, Decimal], ...]


class Cost(NamedTuple):
    """A price with its whole ladder, as it is written and compared."""

    basis: str
    moq: Decimal
    multiple: Decimal
    tiers: Tiers


def set_prices(prices: Mapping[tuple[int, int], Cost]) -> None:
    """`prices` by packing and channel. Three statements; call in a transaction that holds the locks of the packings,
    and tell the index yourself."""
    if not prices:
        return
    terms = ("basis", "moq", "multiple")
    rows = [(*key, cost.basis, cost.moq, cost.multiple) for key, cost in prices.items()]
    keys = insert_values(Price, ("variant", "channel", *terms), rows, unique=("variant", "channel"), update=terms)
    PriceTier.objects.filter(price__in=keys).delete()
    steps = [(key, *step) for key, cost in zip(keys, prices.values(), strict=True) for step in cost.tiers]
    insert_values(PriceTier, ("price", "min_quantity", "amount"), steps)
