from collections.abc import Sequence
from datetime import datetime

from market.common.outbox.models import OutboxEvent
from search.products.write import write_products


def index_products(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Outbox receiver of `product.changed`: events are collapsed by product, state is loaded afresh."""
    write_products(int(event.subject) for event in events)
