"""Say that an event was wrong. Nothing is edited: a declaration is added, and what is right instead."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.trace.actions.record_event import record_event
from catalog.trace.models import TraceEvent
from catalog.trace.reader import read_event
from market.common.errors import InvalidInput


def correct_event(
    event: TraceEvent, *, reason: str, instead: Mapping[str, Any] | None = None, now: datetime
) -> tuple[TraceEvent, TraceEvent | None]:
    """The declaration, and the corrective event where something else happened. Effects: the wrong event leaves the
    graph, `instead` is checked and recorded as any other. Raises InvalidInput (unknown reason; `instead` under the same
    name), DeclaredAlready, and what `record_event` raises; nothing changes then."""
    if reason not in TraceEvent.Reason.values:
        raise InvalidInput(fields={"reason": _("did_not_occur or incorrect_data")})
    corrective = read_event(instead) if instead is not None else None
    if corrective is not None and corrective.event_id == event.event_id:
        raise InvalidInput(fields={"eventID": _("what is right instead needs a name of its own")})
    said = {"declarationTime": now.isoformat(), "reason": reason}
    if corrective is not None:
        said |= {"correctiveEventIDs": [corrective.event_id]}  # type: ignore[dict-item]
    declaration = read_event({**json.loads(event.payload), "errorDeclaration": said})
    with transaction.atomic():
        declared = record_event(event.enterprise, declaration, now=now)
        added = record_event(event.enterprise, corrective, now=now) if corrective is not None else None
    return declared, added
