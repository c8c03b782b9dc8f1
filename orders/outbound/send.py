"""Send what is due: claim, call from a thread, write the outcome. One dead receiver delays nobody.

The calls run in threads of their own, which never touch the database; claims and outcomes belong to the worker's step,
which does not wait for a slow receiver but looks again in its next round. An endpoint has few calls in flight, one
while it fails, and none while its breaker is open. A claim is a lease: what a killed worker held is sent again.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from market.common.backoff import pause
from market.common.flights import Flights
from market.common.http import Forbidden, Unreachable, call
from market.common.sealing import unseal
from orders.outbound.catalogue import TEST
from orders.outbound.models import REFUSED, Attempt, Delivery, Endpoint, EndpointKey
from orders.outbound.schedule import next_wait
from orders.outbound.signing import signature

THREADS = 32
AT_ONCE = 4  # calls in flight to one endpoint that is well
LEASE = timedelta(minutes=2)
KEPT_ANSWER = 1024
A_MOMENT = 0.05
S = Delivery.State


@dataclass(frozen=True)
class Parcel:
    """All a thread needs: values only."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """`status` None: no answer, `error` says why."""

    status: int | None
    milliseconds: int
    answer: str = ""
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


_flights: Flights[int, Parcel, Outcome] = Flights(THREADS, "webhook")


def send_due(now: datetime) -> int:
    """A worker step. Returns how much was taken up, brought home or is still under way: 0 when all is quiet."""
    home = _bring_home(now, 0)
    taken = _take_off(now)
    if len(_flights) and not home and not taken:
        home = _bring_home(now, A_MOMENT)
    return home + taken + len(_flights)


def _take_off(now: datetime) -> int:
    claimed = _claim(now, _flights.room)
    for delivery in claimed:
        _flights.take_off(delivery.pk, post, pack(delivery, now))
    return len(claimed)


def _bring_home(now: datetime, patience: float) -> int:
    home = _flights.bring_home(patience)
    for delivery_id, outcome in home:
        record_outcome(delivery_id, outcome, now)
    return len(home)


def forget_flights() -> None:
    """Waits for the calls in flight and forgets what came of them: their claims run out, and they are sent again."""
    _flights.forget()


def _claim(now: datetime, room: int) -> list[Delivery]:
    """Endpoints in turn, the one served longest ago first; their row lock keeps two workers from filling one."""
    if room <= 0:
        return []
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    due = Delivery.objects.filter(free, state=S.WAITING, due_at__lte=now)
    # A test is sent to an endpoint that is switched off, too.
    ready = Endpoint.objects.filter(
        Exists(due.filter(Q(endpoint__is_active=True) | Q(message__type=TEST), endpoint=OuterRef("pk"))),
        Q(paused_until__isnull=True) | Q(paused_until__lte=now),
    )
    claimed: list[Delivery] = []
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            ready = ready.select_for_update(skip_locked=True)
        for endpoint in ready.order_by(F("served_at").asc(nulls_first=True), "pk")[:room]:
            claimed += _of_endpoint(endpoint, due, now)[: room - len(claimed)]
        Delivery.objects.filter(pk__in=[row.pk for row in claimed]).update(claimed_until=now + LEASE)
        Endpoint.objects.filter(pk__in={row.endpoint_id for row in claimed}).update(served_at=now)
    return claimed


def _of_endpoint(endpoint: Endpoint, due: "QuerySet[Delivery]", now: datetime) -> list[Delivery]:
    in_flight = endpoint.deliveries.filter(state=S.WAITING, claimed_until__gt=now).count()
    room = (1 if endpoint.failures else AT_ONCE) - in_flight
    rows = due.filter(endpoint=endpoint).select_related("endpoint", "message")
    if not endpoint.is_active:
        rows = rows.filter(message__type=TEST)
    return list(rows.order_by("due_at", "pk")[: max(room, 0)])


def pack(delivery: Delivery, now: datetime) -> Parcel:
    """Signed for this attempt: its time is new each time, its id never."""
    message, stamp = delivery.message, int(now.timestamp())
    body = message.body.encode()
    keys = [
        key for key in EndpointKey.objects.filter(endpoint=delivery.endpoint_id).order_by("-pk") if key.is_live(now)
    ]
    signed = signature([unseal(key.sealed).decode() for key in keys], message.pk, stamp, body)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.pk,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signed,
    }
    return Parcel(delivery.endpoint.url, body, headers)


def post(parcel: Parcel) -> Outcome:
    """In a thread: the guard looks at the address anew, whatever it was when the endpoint was made."""
    began = time.monotonic()

    def spent() -> int:
        return int((time.monotonic() - began) * 1000)

    try:
        answer = call("POST", parcel.url, body=parcel.body, headers=parcel.headers, max_answer=KEPT_ANSWER)
    except Forbidden as error:
        return Outcome(None, spent(), error=f"{REFUSED}{error}"[:80])
    except Unreachable as error:
        return Outcome(None, spent(), error=f"no answer: {error}"[:80])
    except Exception as error:  # noqa: BLE001 - whatever a receiver makes of a connection, the attempt is written down
        return Outcome(None, spent(), error=type(error).__name__[:80])
    text = answer.body.decode("utf-8", "replace").replace("\0", "")[:KEPT_ANSWER]
    return Outcome(answer.status, spent(), text, headers=answer.headers)


def record_outcome(delivery_id: int, outcome: Outcome, now: datetime) -> None:
    """2xx: delivered. 410: the endpoint is switched off. Anything else, a redirect too: again, as the schedule says."""
    with transaction.atomic():
        found = Delivery.objects.select_related("message").filter(pk=delivery_id).first()
        if found is None:  # the endpoint has been removed meanwhile
            return
        endpoint = Endpoint.objects.select_for_update().get(pk=found.endpoint_id)
        Attempt.objects.create(
            delivery=found,
            at=now,
            request_hash=hashlib.sha256(found.message.body.encode()).hexdigest(),
            status=outcome.status,
            error=outcome.error,
            answer=outcome.answer,
            milliseconds=outcome.milliseconds,
        )
        found.attempts += 1
        found.claimed_until = None
        settle: Callable[[Endpoint, Delivery, Outcome, datetime], None] = _failed
        if outcome.is_success:
            settle = _delivered
        elif outcome.status == 410:
            settle = _gone
        settle(endpoint, found, outcome, now)
        found.save(update_fields=["attempts", "claimed_until", "state", "due_at", "done_at"])
        endpoint.save(update_fields=["failures", "failing_since", "paused_until", "told_days"])


def _delivered(endpoint: Endpoint, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    delivery.state, delivery.done_at = S.DONE, now
    endpoint.failures, endpoint.failing_since, endpoint.paused_until, endpoint.told_days = 0, None, None, 0


def _gone(endpoint: Endpoint, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    _failed(endpoint, delivery, outcome, now)
    delivery.state = S.HELD
    if endpoint.is_active:
        switch_off(endpoint, Endpoint.Off.GONE, now=now)


def _failed(endpoint: Endpoint, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    left_alone = pause(endpoint.failures, outcome.status, outcome.headers, now)
    endpoint.paused_until = now + left_alone if left_alone else None
    until_next = next_wait(delivery.attempts)
    if until_next is None or delivery.message.type == TEST:  # a test is one try: somebody looks at it
        delivery.state = S.FAILED
    else:
        delivery.due_at = max(now + until_next, endpoint.paused_until or now)


def switch_off(endpoint: Endpoint, why: Endpoint.Off, *, now: datetime) -> None:
    """What waits is held back; it can be sent again once the endpoint is on. The caller holds the row's lock."""
    endpoint.is_active, endpoint.off_reason, endpoint.off_at = False, why, now
    endpoint.save(update_fields=["is_active", "off_reason", "off_at"])
    endpoint.deliveries.filter(state=S.WAITING, claimed_until__isnull=True).update(state=S.HELD)
