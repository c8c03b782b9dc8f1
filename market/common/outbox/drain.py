"""Drain the outbox: claim rows, hand them to the receivers of their topic, stamp them done.

Many workers may drain at once: a claim is a lease (`claimed_until`), taken under a row lock that skips locked rows on
PostgreSQL and under SQLite's single writer. A receiver gets at-least-once delivery and batches.
"""

import logging
import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, DateTimeField, F, Q, QuerySet
from django.utils.module_loading import import_string

from market.common.outbox.models import OutboxEvent
from market.common.prepared import IsIn, Param, PreparedUpdate
from market.common.quiet_log import said

logger = logging.getLogger(__name__)

Receiver = Callable[[Sequence[OutboxEvent], datetime], None]
BATCH = 500
FEW = 20  # of topics that may wait: what a search is to find is not to stand behind thousands of them
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
KEEP_DONE = timedelta(days=7)
FORGET = 500
LONGEST_WAIT = 2**MAX_ATTEMPTS
# Nothing is put off or claimed for longer: whoever wrote a later time had a clock that ran ahead.
FARTHEST = timedelta(minutes=10)
SAY_AGAIN = 600.0  # seconds
_said_at: dict[str, float] = {}  # topic -> when this process last said that its events wait


def _listed() -> QuerySet[OutboxEvent]:
    """Hundreds as one list: to take as many parameters costs a database more than to write."""
    return OutboxEvent.objects.filter(IsIn(F("pk"), "keys", BigIntegerField()))


_lease = PreparedUpdate(_listed, lambda: {"claimed_until": Param("until", DateTimeField())})
_stamp = PreparedUpdate(_listed, lambda: {"done_at": Param("now", DateTimeField()), "claimed_until": None, "error": ""})


class SomeFailed(Exception):
    """A receiver did its work but for these events (by id); the others are done."""

    def __init__(self, errors: Mapping[int, Exception]) -> None:
        super().__init__(f"{len(errors)} events failed")
        self.errors = errors


class TryLater(Exception):
    """What a receiver works with is away: no event is to blame, so none of them ever counts as dead for it."""


def drain_outbox(now: datetime) -> int:
    """One batch, and behind it a few of the topics that may wait; returns how many events were claimed. Effects: lease,
    receivers per topic, stamps."""
    claimed = _claim(now)
    by_topic: dict[str, list[OutboxEvent]] = defaultdict(list)
    for event in claimed:
        by_topic[event.topic].append(event)
    for topic, events in by_topic.items():
        _deliver(topic, events, now)
    return len(claimed)


def _claim(now: datetime) -> list[OutboxEvent]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + FARTHEST)
    due = Q(due_at__lte=now) | Q(due_at__gt=now + FARTHEST)
    waiting = OutboxEvent.objects.filter(free, due, done_at__isnull=True, dead_at__isnull=True)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        # In the order of the index of what is open: by number SQLite would look at every event there ever was.
        oldest, can_wait = waiting.order_by("due_at", "id"), Q(topic__in=settings.MARKET_PATIENT_TOPICS)
        events = sorted(oldest.exclude(can_wait)[:BATCH], key=lambda event: event.pk)
        events += sorted(oldest.filter(can_wait)[:FEW], key=lambda event: event.pk)
        if events:
            _lease(keys=[event.pk for event in events], until=now + LEASE)
    return events


def _deliver(topic: str, events: list[OutboxEvent], now: datetime) -> None:
    """A batch that fails is tried again event by event, so that one bad row does not hold up the others."""
    failed: set[int] = set()
    try:
        _call_receivers(topic, events, now)
    except TryLater as error:
        _put_off(topic, events, error, now)
        return
    except SomeFailed as some:
        failed = {event.pk for event in events if event.pk in some.errors}
        for event in events:
            if event.pk in failed:
                _postpone(event, some.errors[event.pk], now)
    except Exception as error:  # noqa: BLE001 - a receiver may fail in any way; the event stays and says why
        if len(events) > 1:
            for event in events:
                _deliver(topic, [event], now)
            return
        _postpone(events[0], error, now)
        return
    done = [event.pk for event in events if event.pk not in failed]
    _stamp(keys=done, now=now)
    if _said_at.pop(topic, None) is not None:
        logger.warning("outbox events of %s go on", topic)


def _call_receivers(topic: str, events: Sequence[OutboxEvent], now: datetime) -> None:
    for path in settings.MARKET_EVENT_RECEIVERS.get(topic, []):
        receiver: Receiver = import_string(path)
        receiver(events, now)


def _put_off(topic: str, events: Sequence[OutboxEvent], error: TryLater, now: datetime) -> None:
    """However many events wait and however often they are tried, it is said once in ten minutes."""
    by_attempts: dict[int, list[int]] = defaultdict(list)
    for event in events:
        by_attempts[min(event.attempts + 1, MAX_ATTEMPTS - 1)].append(event.pk)
    for attempts, keys in by_attempts.items():
        OutboxEvent.objects.filter(pk__in=keys).update(
            attempts=attempts, due_at=now + _wait(attempts), claimed_until=None, error=said(error)[:2000]
        )
    if time.monotonic() - _said_at.get(topic, -math.inf) >= SAY_AGAIN:
        _said_at[topic] = time.monotonic()
        logger.warning("outbox events of %s wait and are tried again until it works: %s", topic, said(error))


def _postpone(event: OutboxEvent, error: Exception, now: datetime) -> None:
    attempts = event.attempts + 1
    logger.warning("outbox event %s (%s) failed, attempt %s: %s", event.pk, event.topic, attempts, type(error).__name__)
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=attempts,
        due_at=now + _wait(attempts),
        claimed_until=None,
        dead_at=now if attempts >= MAX_ATTEMPTS else None,
        error=said(error)[:2000],
    )


def _wait(attempts: int) -> timedelta:
    return timedelta(seconds=min(2**attempts, LONGEST_WAIT) * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret


def try_again(topics: Iterable[str], now: datetime) -> int:
    """What kept the events of these topics from being drained is mended: those that wait for another try are due now,
    and those that were given up begin anew. Returns how many; what somebody is at right now is left to him."""
    waiting = OutboxEvent.objects.filter(topic__in=list(topics), done_at=None, attempts__gt=0)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        keys = list(waiting.order_by("id").values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            OutboxEvent.objects.filter(pk__in=keys[start : start + BATCH]).update(attempts=0, due_at=now, dead_at=None)
    return len(keys)


def forget_done(now: datetime) -> int:
    """Worker step: delete events that were drained more than KEEP_DONE ago, a batch at a time; looks before it
    writes."""
    old = OutboxEvent.objects.filter(done_at__lt=now - KEEP_DONE).order_by("done_at")
    batch = list(old.values_list("pk", flat=True)[:FORGET])
    return OutboxEvent.objects.filter(pk__in=batch).delete()[0] if batch else 0


def oldest_open(now: datetime) -> timedelta:
    """Age of the oldest event that is due and not done: the worker's lag."""
    first = (
        OutboxEvent.objects.filter(done_at__isnull=True, dead_at__isnull=True, due_at__lte=now)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return now - first if first else timedelta(0)
