"""The one way into the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, CharField, DateTimeField, Q, TextField

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


@dataclass(frozen=True, slots=True)
class Verified:
    """A message a live key vouched for."""

    endpoint_id: str
    secret_id: int
    key: str
    sealed: bytes
    headers: Mapping[str, str]
    received_at: datetime


_store_verified = PreparedInsert(
    InboxEvent,
    ("endpoint", "secret", "key", "sealed", "headers", "received_at", "last_seen_at", "due_at"),
    lambda: EndpointSecret.objects.filter(
        Q(retires_at__isnull=True) | Q(retires_at__gt=Param("now", DateTimeField())),
        pk=Param("secret", BigIntegerField()),
        endpoint=Param("endpoint", CharField()),
        endpoint__adapter=Param("adapter", CharField()),
        endpoint__networks=Param("networks", TextField()),
        endpoint__is_active=True,
    ),
    unique=ONCE,
    update=SEEN_AGAIN,
)


def store_verified(message: Verified, adapter: str, networks: str) -> bool:
    """As `store_events`; but the key may have been withdrawn since: nothing is stored then, nor when the endpoint was
    switched off, speaks another format or may post from other networks now, and the answer is False."""
    endpoint, secret, now = message.endpoint_id, message.secret_id, message.received_at
    row = (endpoint, secret, message.key, message.sealed, message.headers, now, now, now)
    is_stored = _store_verified(row, now=now, secret=secret, endpoint=endpoint, adapter=adapter, networks=networks)
    if is_stored:
        wake_after_commit("inbox")
    return is_stored
