"""The one way into the inbox."""

from collections.abc import Sequence

from market.common.prepared import insert_rows
from market.common.wake import wake_after_commit
from orders.inbox.models import InboxEvent


def store_events(events: Sequence[InboxEvent]) -> None:
    """One statement; of a message that stands already only `last_seen_at` moves. No two of `events` may be one
    message."""
    insert_rows(events, unique=("endpoint", "key"), update=("last_seen_at",))
    wake_after_commit("inbox")
