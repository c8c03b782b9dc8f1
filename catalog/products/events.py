"""One event tells the index that a product's document may differ now."""

from collections.abc import Iterable
from datetime import datetime

from market.common.outbox.record import Event, record_events


def products_changed(product_ids: Iterable[int], *, reason: str, now: datetime) -> None:
    """Call in the transaction of the change."""
    record_events([Event("product.changed", str(pk), {"reason": reason}) for pk in sorted(product_ids)], now=now)
