"""The one way into the inbox."""

from collections.abc import Sequence

from django.db.models import BigIntegerField, CharField, DateTimeField, Q

from market.common.bulk import insert_rows
from market.common.prepared import Param, PreparedInsert
from market.common.wake import wake_after_commit
from orders.inbox.models import EndpointSecret, InboxEvent

ONCE, SEEN_AGAIN = ("endpoint", "key"), ("last_seen_at",)


def store_events(events: Sequence[InboxEvent]) -> None:
    """One statement; of a message that stands already only `last_seen_at` moves. No two of `events` may be one
    message."""
    insert_rows(events, unique=ONCE, update=SEEN_AGAIN)
    wake_after_commit("inbox")


_store_verified = PreparedInsert(
    InboxEvent,
    lambda: EndpointSecret.objects.filter(
        Q(retires_at__isnull=True) | Q(retires_at__gt=Param("now", DateTimeField())),
        pk=Param("secret", BigIntegerField()),
        endpoint=Param("endpoint", CharField()),
        endpoint__adapter=Param("adapter", CharField()),
        endpoint__is_active=True,
    ),
    unique=ONCE,
    update=SEEN_AGAIN,
)


def store_verified(event: InboxEvent, adapter: str) -> bool:
    """The same for a message verified with a key that may have been withdrawn since: nothing is stored then, nor when
    the endpoint was switched off or speaks another format now, and the answer is False."""
    is_stored = _store_verified(
        event, now=event.received_at, secret=event.secret_id, endpoint=event.endpoint_id, adapter=adapter
    )
    if is_stored:
        wake_after_commit("inbox")
    return is_stored
