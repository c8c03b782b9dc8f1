"""Open, close and run deadlines."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string

from market.common.bulk import insert_rows
from market.common.deadlines.models import Deadline
from market.common.quiet_log import said

logger = logging.getLogger(__name__)

Handler = Callable[[str, datetime], None]
RETRY = timedelta(minutes=5)
BATCH = 100


def open_deadline(kind: str, subject: str, *, due_at: datetime) -> None:
    """Opens it, or moves it when it is open already (one row per kind and subject)."""
    deadline = Deadline(kind=kind, subject=subject, due_at=due_at, state=Deadline.State.OPEN)
    insert_rows([deadline], unique=["kind", "subject"], update=["due_at", "state"])


def close_deadline(kind: str, subject: str) -> None:
    """The matter is settled in time; closing what is not open does nothing."""
    Deadline.objects.filter(kind=kind, subject=subject, state=Deadline.State.OPEN).update(state=Deadline.State.DONE)


def run_due_deadlines(now: datetime) -> int:
    """Calls the handler of each due deadline with its subject. Handlers decide under their own lock whether there is
    still something to do; one that fails is tried again later and does not stop the others."""
    due = list(Deadline.objects.filter(state=Deadline.State.OPEN, due_at__lte=now).order_by("due_at")[:BATCH])
    for deadline in due:
        path = settings.MARKET_DEADLINE_HANDLERS.get(deadline.kind)
        try:
            if path is None:
                raise LookupError(f"no handler for deadlines of kind {deadline.kind}")
            handler: Handler = import_string(path)
            handler(deadline.subject, now)
        except Exception as error:  # noqa: BLE001 - any failure stays visible on the row and is retried
            logger.warning("deadline %s %s failed: %s", deadline.kind, deadline.subject, type(error).__name__)
            Deadline.objects.filter(pk=deadline.pk).update(
                attempts=F("attempts") + 1,
                due_at=now + RETRY,
                error=said(error)[:2000],
            )
        else:
            Deadline.objects.filter(pk=deadline.pk, state=Deadline.State.OPEN, due_at__lte=now).update(
                state=Deadline.State.DONE
            )
    return len(due)
