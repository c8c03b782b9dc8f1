"""Write events; call inside the transaction of the change they report."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from market.common.bulk import insert_values
from market.common.outbox.models import OutboxEvent
from market.common.wake import wake_after_commit

_WRITTEN = ("topic", "subject", "payload", "created_at", "due_at")


@dataclass(frozen=True)
class Event:
    topic: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)


def event_rows(events: Iterable[Event], *, now: datetime) -> list[OutboxEvent]:
    """For a caller who writes them with the change they report, in its transaction; after commit the worker is woken
    (it would find them anyway, a second later)."""
    rows = [
        OutboxEvent(topic=e.topic, subject=e.subject, payload=e.payload, created_at=now, due_at=now) for e in events
    ]
    if rows:
        _wake_with_this_transaction()
    return rows


def record_events(events: Iterable[Event], *, now: datetime) -> None:
    """One INSERT for all of them; the worker is woken as above."""
    rows = [(event.topic, event.subject, event.payload, now, now) for event in events]
    if rows:
        _wake_with_this_transaction()
        insert_values(OutboxEvent, _WRITTEN, rows)


def _wake_with_this_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("events must be written in the transaction of the change they report")
    wake_after_commit("outbox")


def record_event(topic: str, subject: object, *, now: datetime, **payload: Any) -> None:
    record_events([Event(topic, str(subject), payload)], now=now)
