"""Tell the index when a product runs out or comes back; other stock changes do not concern it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from catalog.products.events import products_changed
from catalog.products.models import Variant
from catalog.stock.models import StockItem


def note_availability(items: Sequence[StockItem], reserved: Mapping[int, Decimal], *, now: datetime) -> None:
    """`items` as they were locked, `reserved` what was added (negative: given back) per item."""
    before: dict[int, Decimal] = defaultdict(Decimal)
    after: dict[int, Decimal] = defaultdict(Decimal)
    for item in items:
        free = item.on_hand - item.reserved
        before[item.variant_id] += free
        after[item.variant_id] += free - reserved.get(item.pk, Decimal(0))
    flipped = [variant for variant in before if (before[variant] > 0) != (after[variant] > 0)]
    if flipped:
        product_ids = Variant.objects.filter(pk__in=flipped).values_list("product_id", flat=True)
        products_changed(set(product_ids), reason="stock", now=now)
