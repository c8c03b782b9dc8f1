"""What came of calling a partner: news into the inbox, the errand's next time, how the partner is doing."""

import hashlib
import logging
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import cast

from django.db import transaction

from market.common.backoff import pause
from market.common.sealing import seal
from orders.inbox.adapters import inbound_adapter
from orders.inbox.models import Errand, InboxEvent, PartnerApi
from orders.inbox.partner_api import is_of, silence
from orders.inbox.store import store_events
from orders.shipments.carriers.base import Push, UnreadableError
from orders.shipments.carriers.calls import Answered, Asked, Fetched, RefusedError, Subscribed, api_of

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
MOST_TRIES = 10  # of what concerns one message; a shipment is asked about as long as it is under way
KEY_REST = timedelta(hours=1)  # a key that is wrong now will hardly be right in a minute
WRONG_KEY, GONE = (401, 403), (404, 410)
K = Errand.Kind


@dataclass(frozen=True)
class Ticket:
    """Which errands a call is for, the time their claim moved them to, and which account it was made with."""

    endpoint_id: str
    kind: str
    errands: tuple[int, ...]
    until: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """`status` None: no answer. `error` is a code of ours: never what the partner wrote, which may hold our key."""

    status: int | None = None
    body: bytes = field(default=b"", repr=False)
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def record_outcome(ticket: Ticket, outcome: Outcome, now: datetime) -> None:
    """One transaction under the row locks of the partner's API and the errands. An errand whose time was moved while
    the call was under way (it is wanted again) keeps that time."""
    with transaction.atomic():
        locked = PartnerApi.objects.select_for_update(of=("self",)).select_related("endpoint")
        api = locked.filter(pk=ticket.endpoint_id).first()
        held = Errand.objects.select_for_update(of=("self",)).select_related("shipment")
        errands = list(held.filter(pk__in=ticket.errands).order_by("pk"))
        wanted = {errand.pk: errand.due_at for errand in errands if ticket.until not in (None, errand.due_at)}
        if api is None or not errands:  # removed meanwhile
            return
        trouble = _trouble_of(outcome, ticket.kind)
        if not trouble:
            try:
                with transaction.atomic():
                    _take(api, ticket.kind, errands, outcome, now)
            except RefusedError as error:
                trouble = "key" if error.is_key else f"refused {error.code}".strip()
            except UnreadableError:
                trouble = "unreadable"
            except Exception:
                logger.exception("an answer of %s could not be taken", api.endpoint_id)
                trouble = "failed"
        if trouble == "key" and ticket.changed_at not in (None, api.changed_at):
            for errand in errands:  # of the key before this one: nothing is said of the new one
                errand.due_at = now
        elif trouble:
            _failed(api, errands, trouble, outcome, now)
        else:
            api.failures, api.paused_until, api.succeeded_at = 0, None, now
        api.save(update_fields=["failures", "paused_until", "succeeded_at", "failed_at", "error"])
        for errand in errands:
            errand.due_at = wanted.get(errand.pk, errand.due_at)
        Errand.objects.bulk_update(errands, ["due_at", "tries", "done_at", "told", "error"])


def _trouble_of(outcome: Outcome, kind: str) -> str:
    status = outcome.status
    if outcome.error or status is None:
        return outcome.error or "unreachable"
    if 200 <= status < 300 or (status in GONE and kind in (K.POLL, K.FETCH)):
        return ""
    if status in WRONG_KEY:
        return "key"
    if status == 429:
        return "too_fast"
    if 300 <= status < 400:
        return "redirect"
    return f"refused {status}" if status < 500 else f"server {status}"


def _take(api: PartnerApi, kind: str, errands: list[Errand], outcome: Outcome, now: datetime) -> None:
    """Raises RefusedError, UnreadableError; nothing is changed then."""
    adapter, patience = api_of(api.endpoint.adapter), silence(api.endpoint.adapter)
    if kind == K.SUBSCRIBE:
        _subscribed(cast("Subscribed", adapter), errands, outcome, now)
        return
    (errand,) = errands
    told = errand.told
    if kind == K.POLL and outcome.status not in GONE:
        told = _store(api, errand, cast("Asked", adapter).answered(outcome.body), errand.waybill, now)
    elif kind == K.FETCH and outcome.status not in GONE:
        answered = cast("Fetched", adapter).fetched(outcome.body, errand.subject)
        told = _store(api, errand, answered, "", now)
        _note_next(api, answered.thin, now)
    _went_well(errand, now + patience * random.uniform(1.0, 1.1) if kind == K.POLL else None, now)  # noqa: S311
    errand.told = told


def _went_well(errand: Errand, next_at: datetime | None, now: datetime) -> None:
    errand.tries, errand.error, errand.done_at, errand.due_at = 0, "", now, next_at


def _subscribed(adapter: Subscribed, errands: list[Errand], outcome: Outcome, now: datetime) -> None:
    """Numbers the partner did not take wait longer and longer; for the others all is well until it ends."""
    refused = adapter.subscribed(outcome.body)
    for errand in errands:
        if errand.waybill in refused:
            _put_off(errand, "refused", now)
        else:
            _went_well(errand, now + adapter.RENEWED if adapter.RENEWED else None, now)


def _store(api: PartnerApi, errand: Errand, answered: Answered, number: str, now: datetime) -> str:
    """Each body as if it had been posted, to be worked on like a webhook; the same news as last time is none. The
    events inside are known by their own keys, so that what a webhook told before or tells later counts once. Returns
    the digest of the news. Raises UnreadableError, also for an answer about another number than was asked for."""
    adapter = inbound_adapter(api.endpoint.adapter)
    pushes = [adapter.parse(body) for body in answered.bodies]
    named = [set(chain.from_iterable(report.numbers for report in push.reports)) for push in pushes]
    if number and any(number not in numbers for numbers in named):
        raise UnreadableError("an answer about another number")
    digest = _digest(pushes)
    if not answered.bodies or digest == errand.told:
        return errand.told if not answered.bodies else digest
    rows = [
        InboxEvent(
            endpoint=api.endpoint,
            origin=InboxEvent.Origin.POLL,
            key=_key(errand, digest, position),
            sealed=seal(body),
            headers={},
            received_at=now,
            last_seen_at=now,
            due_at=now,
        )
        for position, body in enumerate(answered.bodies)
    ]
    store_events(rows)
    return digest


def _key(errand: Errand, digest: str, position: int) -> str:
    """What was told before is part of it: news that goes back to an earlier state is news."""
    return "poll:" + hashlib.sha256(f"{errand.pk}:{errand.told}:{digest}:{position}".encode()).hexdigest()


def _digest(pushes: Iterable[Push]) -> str:
    """Of what counts, not of the bytes: partners stamp every answer with its time."""
    told = [
        (
            sorted(report.numbers),
            sorted((e.key, e.classifier, e.status, e.substatus, e.flags, e.is_retracted) for e in report.events),
            (report.eta, report.eta_from, report.eta_to, report.monitoring, report.signed_by),
        )
        for push in pushes
        for report in push.reports
    ]
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()


def _note_next(api: PartnerApi, addresses: Iterable[str], now: datetime) -> None:
    """What an answer names is fetched once: events are never written anew."""
    Errand.objects.bulk_create(
        [
            Errand(endpoint=api.endpoint, kind=K.FETCH, subject=address, due_at=now)
            for address in addresses
            if is_of(api, address)
        ],
        ignore_conflicts=True,
    )


def _failed(api: PartnerApi, errands: list[Errand], trouble: str, outcome: Outcome, now: datetime) -> None:
    """A no to one question is that question's trouble; everything else is the partner's, which then has a rest."""
    api.error, api.failed_at = trouble[:80], now
    if trouble.startswith("refused"):
        api.failures, api.paused_until = 0, None  # it answers
    elif trouble != "foreign":  # nobody was called
        api.failures += 1
        rest = KEY_REST if trouble == "key" else pause(api.failures, outcome.status, outcome.headers, now)
        api.paused_until = now + rest if rest else None
    for errand in errands:
        _put_off(errand, trouble, now)
        if errand.due_at is not None and api.paused_until is not None:
            errand.due_at = max(errand.due_at, api.paused_until)


def rest_without_call(api: PartnerApi, trouble: str, now: datetime) -> None:
    """What is wrong lies with us, and a person has to mend it."""
    PartnerApi.objects.filter(pk=api.pk).update(error=trouble, failed_at=now, paused_until=now + KEY_REST)


def _put_off(errand: Errand, trouble: str, now: datetime) -> None:
    errand.tries += 1
    errand.error = trouble[:80]
    wait = min(FIRST_WAIT * 2 ** min(errand.tries - 1, 10), LONGEST_WAIT) * random.uniform(1.0, 1.1)  # noqa: S311
    is_over = errand.tries >= MOST_TRIES and errand.kind in (K.FETCH, K.CONFIRM)
    errand.due_at = None if is_over else now + wait
    errand.done_at = now if is_over else errand.done_at
