"""An officer asks for a new index; the worker builds it."""

from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.outbox.models import OutboxEvent
from market.common.outbox.record import record_event

TOPIC = "search.rebuild"


def ask_rebuild(*, by: User, now: datetime) -> bool:
    """Queues one rebuild beside the live index. False, and nothing happens, while one is waiting already."""
    with transaction.atomic():
        if is_rebuild_waiting():
            return False
        record_event(TOPIC, "products", now=now)
        record_act(actor=by, action="search.rebuild", subject_kind="search", subject_id="products", now=now)
    return True


def is_rebuild_waiting() -> bool:
    return OutboxEvent.objects.filter(topic=TOPIC, done_at=None, dead_at=None).exists()
