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


def record_events(events: Iterable[Event], *, now: datetime) -> None:
    """One INSERT for all of them; after commit the worker is woken (it would find them anyway, a second later)."""
    rows = [(event.topic, event.subject, event.payload, now, now) for event in events]
    if not rows:
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_events must run in the transaction of the change it reports")
    insert_values(OutboxEvent, _WRITTEN, rows)
    wake_after_commit("outbox")


def record_event(topic: str, subject: object, *, now: datetime, **payload: Any) -> None:
    record_events([Event(topic, str(subject), payload)], now=now)
