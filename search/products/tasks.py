from collections.abc import Sequence
from datetime import datetime

from catalog.products.models import Product
from market.common.outbox.models import OutboxEvent
from search.products.write import write_products


def index_products(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Outbox receiver of `product.changed`: events are collapsed by product, state is loaded afresh."""
    write_products(int(event.subject) for event in events)


def index_enterprises(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Outbox receiver of `enterprise.changed`: all its products appear or disappear."""
    ids = {int(event.subject) for event in events}
    write_products(Product.objects.filter(enterprise_id__in=ids).values_list("pk", flat=True))
