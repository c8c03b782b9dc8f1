"""Write events; call inside the transaction of the change they report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from market.common.outbox.models import OutboxEvent
from market.common.prepared import insert_rows


@dataclass(frozen=True)
class Event:
    topic: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)


def record_events(events: Iterable[Event], *, now: datetime) -> None:
    """One INSERT for all of them; after commit the worker is woken (it would find them anyway, a second later)."""
    rows = [
        OutboxEvent(topic=e.topic, subject=e.subject, payload=e.payload, created_at=now, due_at=now) for e in events
    ]
    if not rows:
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_events must run in the transaction of the change it reports")
    insert_rows(rows)
    transaction.on_commit(partial(_wake, "outbox"), robust=True)


def record_event(topic: str, subject: object, *, now: datetime, **payload: Any) -> None:
    record_events([Event(topic, str(subject), payload)], now=now)


def _wake(step: str) -> None:
    wake: Callable[[str], None] | None = import_string(settings.MARKET_WAKE) if settings.MARKET_WAKE else None
    if wake is not None:
        wake(step)
