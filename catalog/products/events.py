"""One event tells the index that a product's document may differ now."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from market.common.outbox.record import Event, record_event, record_events


def products_changed(product_ids: Iterable[int], *, reason: str, now: datetime) -> None:
    """Call in the transaction of the change."""
    payload = {"reason": reason}
    record_events([Event("product.changed", str(pk), payload) for pk in sorted(product_ids)], now=now)


def category_changed(category_id: int, *, reason: str, now: datetime) -> None:
    """What the category or an attribute of it says in the documents of all products below; in the transaction of the
    change."""
    record_event("category.changed", category_id, now=now, reason=reason)


def tells_of_all() -> None:
    """Call before the first write of a transaction of many rows that will call `products_changed` for each product it
    touches: PostgreSQL then does not look after every row whether somebody has told of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search.told', 'on', true)")
