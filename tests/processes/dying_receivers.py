"""An outbox receiver that indexes and then holds still, so that the test can kill the worker before the stamp."""

from collections.abc import Sequence
from datetime import datetime

from market.common.outbox.models import OutboxEvent
from search.products.tasks import index_products
from tests.processes.dying_carrier import hold_still


def index_and_hold_still(events: Sequence[OutboxEvent], now: datetime) -> None:
    index_products(events, now)
    hold_still()
