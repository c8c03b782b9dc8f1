"""Work on stored messages: claim, act, stamp. Twice is harmless, a failure stays open with its error."""

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from market.common.bulk import update_rows
from market.common.quiet_log import said
from market.common.sealing import unseal
from orders.actions.note_reversals import note_reversals
from orders.actions.register_tracking import (
    ForeignWaybillError,
    Heard,
    Refusal,
    UnknownNumberError,
    register_reports,
)
from orders.actions.settle_payment import settle_payment
from orders.inbox.adapters import inbound_adapter
from orders.inbox.errands import ForeignAddressError, note_confirmation, note_ended, note_failure, note_fetches
from orders.inbox.models import InboxEvent
from orders.inbox.stripe_events import UnknownPaymentError, intent_of, tells_of_reversal
from orders.payments.models import Payment
from orders.shipments.carriers.base import Report, UnreadableError
from orders.shipments.errors import LogFullError

logger = logging.getLogger(__name__)

BATCH = 100
TOGETHER = 50  # messages of one transaction, which holds the locks of as many orders
REFUSALS = (UnknownNumberError, ForeignWaybillError, LogFullError)
# Errors that name a waybill or a payment, and nobody.
OURS = (UnreadableError, ForeignAddressError, UnknownPaymentError, *REFUSALS)
STAMPS = ("state", "outcome", "handled_at", "claimed_until", "error", "attempts", "due_at")
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
MATCH_FOR = timedelta(hours=24)
S = InboxEvent.State


def process_inbox(now: datetime) -> int:
    """One batch, what is due longest first: what is tried again and again must not keep new messages waiting. Returns
    how many were claimed."""
    events = _claim(now)
    for start in range(0, len(events), TOGETHER):
        _process_together(events[start : start + TOGETHER], now)
    return len(events)


def _process_together(events: Sequence[InboxEvent], now: datetime) -> None:
    """News of shipments in one transaction with their stamps; what else there is, and all of it when anything fails,
    each message by itself: a bad one does not take the others with it."""
    news = {event.pk: reports for event in events if (reports := _news(event))}
    told = [event for event in events if event.pk in news]
    alone = [event for event in events if event.pk not in news]
    try:
        if told:
            with transaction.atomic():
                _take_news([(event, news[event.pk]) for event in told], now)
    except Exception:
        logger.warning("%s messages are worked on one by one", len(told), exc_info=True)
        alone = list(events)
    for event in alone:
        process_event(event, now)


def _news(event: InboxEvent) -> Sequence[Report]:
    """Nothing for a message that is about something else, or cannot be read."""
    if event.endpoint.adapter == "stripe":
        return ()
    try:
        push = inbound_adapter(event.endpoint.adapter).parse(unseal(event.sealed))
    except Exception:  # noqa: BLE001 - told when it is worked on by itself
        return ()
    return () if push.control or push.thin else push.reports


def _take_news(told: Sequence[tuple[InboxEvent, Sequence[Report]]], now: datetime) -> None:
    heard = [_heard(event, report) for event, reports in told for report in reports]
    refusals = iter(register_reports(heard, now=now))
    for event, reports in told:
        note_ended(event.endpoint, reports, now)
        error = _worst([next(refusals) for _ in reports])
        if error is None:
            _stamp_done(event, InboxEvent.Outcome.TRACKING, now)
        else:
            _stamp_refused(event, now, error)
    update_rows([event for event, _ in told], STAMPS)


def process_event(event: InboxEvent, now: datetime) -> None:
    """Unreadable, of a carrier or address that is not this partner's, or more than a log takes: parked. An unknown
    number: tried for 24 hours, then parked. Failing: backoff, then dead."""
    try:
        _stamp_done(event, _handle(event, now), now)
    except OURS as error:
        _stamp_refused(event, now, error)
    except Exception as error:
        logger.exception("inbox event %s failed", event.pk)
        if event.error.startswith(UnknownNumberError.__name__):
            event.attempts = 0  # it waited for its shipment, and was not failing
        _stamp(event, S.DEAD if event.attempts + 1 >= MAX_ATTEMPTS else S.OPEN, now, error)
    update_rows([event], STAMPS)


def _handle(event: InboxEvent, now: datetime) -> str:
    raw = unseal(event.sealed)
    if event.endpoint.adapter == "stripe":
        _ask_about(raw, now)
        return InboxEvent.Outcome.PAYMENT
    push = inbound_adapter(event.endpoint.adapter).parse(raw)
    if push.control:
        if push.control == "subscription.validate":
            note_confirmation(event, now)
        elif push.control == "subscription.failure":
            note_failure(event.endpoint, now)
        return InboxEvent.Outcome.CONTROL
    if push.thin:
        note_fetches(event.endpoint, [address for address in push.thin if address], now)
        return InboxEvent.Outcome.THIN
    refusals = register_reports([_heard(event, report) for report in push.reports], now=now)
    note_ended(event.endpoint, push.reports, now)
    error = _worst(refusals)
    if error is not None:
        raise error
    return InboxEvent.Outcome.TRACKING if push.reports else InboxEvent.Outcome.IGNORED


def _ask_about(raw: bytes, now: datetime) -> None:
    """An event only says of which payment to ask: what is so is asked of the provider. Raises UnknownPaymentError."""
    intent = intent_of(raw)
    is_back = tells_of_reversal(raw)
    payment = Payment.objects.filter(gateway="stripe", provider_ref=intent).exclude(provider_ref="").first()
    if payment is None:
        if is_back:
            raise UnknownPaymentError(intent)
        return
    settle_payment(payment, now=now)
    if is_back:
        note_reversals(payment, now=now)


def _heard(event: InboxEvent, report: Report) -> Heard:
    return Heard(
        report,
        event.received_at,
        event.source,
        carriers=event.link.carriers if event.link else event.endpoint.carriers,
        is_answer=event.origin == InboxEvent.Origin.POLL,
        only=event.link.shipment_id if event.link else None,
    )


def _worst(refusals: Sequence[Refusal | None]) -> Refusal | None:
    """One shipment we do not know yet, or that is not this partner's, did not hold up the others of its message. The
    first kind is told before the second: it is tried again, and then the other is told."""
    told = [refusal for refusal in refusals if refusal is not None]
    return next((refusal for refusal in told if isinstance(refusal, UnknownNumberError)), told[-1] if told else None)


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


def _stamp_done(event: InboxEvent, outcome: str, now: datetime) -> None:
    event.state, event.outcome, event.handled_at = S.DONE, outcome, now
    event.claimed_until, event.error = None, ""
    event.attempts += 1


def _stamp_refused(event: InboxEvent, now: datetime, error: Exception) -> None:
    is_early = isinstance(error, UnknownNumberError) and event.received_at + MATCH_FOR > now
    _stamp(event, S.OPEN if is_early else S.PARKED, now, error)


def _stamp(event: InboxEvent, state: S, now: datetime, error: Exception) -> None:
    event.attempts += 1
    first = 5 if isinstance(error, UnknownNumberError) else 0  # the seller's form comes in minutes, not in seconds
    wait = min(2 ** (event.attempts + first), 900) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
    event.state, event.due_at, event.claimed_until = state, now + timedelta(seconds=wait), None
    event.error = (f"{type(error).__name__}: {error}" if isinstance(error, OURS) else said(error))[:400]


def oldest_open(now: datetime) -> timedelta:
    """Age of the oldest message that is due and not worked on."""
    first = (
        InboxEvent.objects.filter(state=S.OPEN, due_at__lte=now)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return now - first if first else timedelta(0)
