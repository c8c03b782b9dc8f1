"""Take a document of events in: all of them or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.trace.actions.record_event import record_event
from catalog.trace.models import Capture, TraceEvent
from catalog.trace.reader import ReadEvent, read_document
from market.accounts.models import User
from market.common.errors import MarketError
from market.common.ids import new_number
from market.enterprises.models import Enterprise


def capture_document(enterprise: Enterprise, document: object, *, now: datetime) -> list[TraceEvent]:
    """In the order of the document; what is stored already is returned as it is. Raises as `read_document` and
    `record_event` do; nothing is stored then."""
    return _record(enterprise, read_document(document), now)


def _record(enterprise: Enterprise, events: Sequence[ReadEvent], now: datetime) -> list[TraceEvent]:
    with transaction.atomic():
        return [record_event(enterprise, event, now=now) for event in events]


def hand_in(enterprise: Enterprise, document: object, *, by: User, now: datetime) -> Capture:
    """As above for a partner's program, which asks later what became of it: a refusal is kept, not raised. Raises
    InvalidInput for what is no document at all."""
    events = read_document(document)
    error: dict[str, Any] = {}
    try:
        _record(enterprise, events, now)
    except MarketError as refused:
        error = {"code": refused.code, "message": refused.message, "details": dict(refused.details)}
    return Capture.objects.create(
        number=new_number("C", now),
        enterprise=enterprise,
        by=by,
        at=now,
        events=0 if error else len(events),
        error=error,
    )
