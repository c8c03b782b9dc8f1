"""Work on stored messages: claim, act, stamp. Twice is harmless, a failure stays open with its error."""

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from market.common.sealing import unseal
from orders.actions.register_tracking import ForeignWaybillError, UnknownNumberError, register_report
from orders.actions.settle_payment import settle_payment
from orders.inbox.adapters import inbound_adapter
from orders.inbox.errands import ForeignAddressError, note_confirmation, note_fetches
from orders.inbox.models import InboxEvent
from orders.inbox.stripe_events import intent_of
from orders.payments.models import Payment
from orders.shipments.carriers.base import Report, UnreadableError
from orders.shipments.errors import LogFullError

logger = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
MATCH_FOR = timedelta(hours=24)
S = InboxEvent.State


def process_inbox(now: datetime) -> int:
    """One batch, what is due longest first: what is tried again and again must not keep new messages waiting. Returns
    how many were claimed."""
    events = _claim(now)
    for event in events:
        process_event(event, now)
    return len(events)


def process_event(event: InboxEvent, now: datetime) -> None:
    """Unreadable, of a carrier or address that is not this partner's, or more than a log takes: parked. An unknown
    number: tried for 24 hours, then parked. Failing: backoff, then dead."""
    try:
        outcome = _handle(event, now)
    except (UnreadableError, ForeignWaybillError, ForeignAddressError, LogFullError) as error:
        _stamp(event, S.PARKED, now, error)
    except UnknownNumberError as error:
        late = event.received_at + MATCH_FOR <= now
        _stamp(event, S.PARKED if late else S.OPEN, now, error)
    except Exception as error:
        logger.exception("inbox event %s failed", event.pk)
        _stamp(event, S.DEAD if event.attempts + 1 >= MAX_ATTEMPTS else S.OPEN, now, error)
    else:
        InboxEvent.objects.filter(pk=event.pk).update(
            state=S.DONE,
            outcome=outcome,
            handled_at=now,
            claimed_until=None,
            error="",
            attempts=event.attempts + 1,
        )


def _handle(event: InboxEvent, now: datetime) -> str:
    raw = unseal(event.sealed)
    if event.endpoint.adapter == "stripe":
        payment = Payment.objects.filter(gateway="stripe", provider_ref=intent_of(raw)).first()
        if payment is not None:
            settle_payment(payment, now=now)
        return InboxEvent.Outcome.PAYMENT
    push = inbound_adapter(event.endpoint.adapter).parse(raw)
    if push.control:
        if push.control == "subscription.validate":
            note_confirmation(event, now)
        return InboxEvent.Outcome.CONTROL
    if push.thin:
        note_fetches(event.endpoint, [address for address in push.thin if address], now)
        return InboxEvent.Outcome.THIN
    _register(push.reports, event, now)
    return InboxEvent.Outcome.TRACKING if push.reports else InboxEvent.Outcome.IGNORED


def _register(reports: Sequence[Report], event: InboxEvent, now: datetime) -> None:
    """One shipment we do not know yet, or that is not this partner's, does not hold up the others of its message."""
    unknown: UnknownNumberError | None = None
    refused: ForeignWaybillError | LogFullError | None = None
    for report in reports:
        try:
            register_report(
                report,
                received_at=event.received_at,
                now=now,
                source=event.source,
                carriers=event.link.carriers if event.link else event.endpoint.carriers,
                only=event.link.shipment_id if event.link else None,
                is_answer=event.origin == InboxEvent.Origin.POLL,
            )
        except UnknownNumberError as error:
            unknown = error
        except (ForeignWaybillError, LogFullError) as error:
            refused = error
    if unknown is not None:  # first: it is tried again, and then the other is told
        raise unknown
    if refused is not None:
        raise refused


def _claim(now: datetime) -> list[InboxEvent]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    with transaction.atomic():
        waiting = InboxEvent.objects.filter(free, state=S.OPEN, due_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        events = list(waiting.select_related("endpoint", "link").order_by("due_at", "id")[:BATCH])
        if events:
            InboxEvent.objects.filter(pk__in=[e.pk for e in events]).update(claimed_until=now + LEASE)
    return events


def _stamp(event: InboxEvent, state: str, now: datetime, error: Exception) -> None:
    attempts = event.attempts + 1
    first = 5 if isinstance(error, UnknownNumberError) else 0  # the seller's form comes in minutes, not in seconds
    wait = timedelta(seconds=min(2 ** (attempts + first), 900) * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
    InboxEvent.objects.filter(pk=event.pk).update(
        state=state,
        attempts=attempts,
        due_at=now + wait,
        claimed_until=None,
        error=f"{type(error).__name__}: {error}"[:400],
    )


def oldest_open(now: datetime) -> timedelta:
    """Age of the oldest message that is due and not worked on."""
    first = (
        InboxEvent.objects.filter(state=S.OPEN, due_at__lte=now)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return now - first if first else timedelta(0)
