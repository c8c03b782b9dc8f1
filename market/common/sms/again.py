"""Short messages that did not go out: which, how many, and sending them once more."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from market.common.audit.record import record_act
from market.common.errors import Conflict
from market.common.sms.models import QueuedMessage
from market.common.sms.send import STALE

S = QueuedMessage.State


def unsent_messages() -> QuerySet[QueuedMessage]:
    """Given up, or tried in vain and to be tried again; the newest first."""
    unsent = QueuedMessage.objects.filter(Q(state=S.FAILED) | Q(state=S.WAITING, attempts__gt=0))
    return unsent.order_by("-created_at", "-pk")


def failed_lately(now: datetime) -> QuerySet[QueuedMessage]:
    """Given up, and still news: these can be sent once more."""
    return QueuedMessage.objects.filter(_failed_lately(now))


def _failed_lately(now: datetime) -> Q:
    return Q(state=S.FAILED, created_at__gt=now - STALE)


def count_messages() -> dict[str, int]:
    """By state, of all that are kept. One statement."""
    found = dict(QueuedMessage.objects.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in S.values}


def send_again(rows: QuerySet[QueuedMessage], *, by: object, now: datetime) -> int:
    """Those of the rows that were given up and are still news wait once more, as if they had never been tried; the act
    is in the log. Returns how many. Raises Conflict where there is none (any more)."""
    with transaction.atomic():
        count = rows.filter(_failed_lately(now)).update(state=S.WAITING, attempts=0, error="", due_at=now)
        if not count:
            raise Conflict()
        record_act(actor=by, action="sms.again", subject_kind="sms", subject_id=count, now=now)
    return count
