"""Call partners for what is noted: claim, call from a thread, write down what came of it (carriers.md, rule 10).

The calls run in threads of their own, which never touch the database. An errand is claimed by moving its time on, so
many workers may run, and what a killed one held is done again. A partner has few calls under way, one while it fails,
and none while its breaker is open, so that a dead one delays nobody.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from django.db.models import Exists, F, OuterRef, Q

from market.common.flights import Flights
from market.common.http import Answer, Forbidden, Unreachable, call
from orders.inbox.errands import GIVE_UP, last_word, last_word_of_parcel
from orders.inbox.handshake import confirmation
from orders.inbox.models import Errand, InboxEvent, PartnerApi
from orders.inbox.outcomes import Outcome, Ticket, record_outcome, rest_without_call
from orders.inbox.partner_api import account_of, is_of, reports_on, silence
from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.calls import (
    Account,
    Api,
    Asked,
    Fetched,
    Request,
    SignedIn,
    Subject,
    Subscribed,
    api_of,
)
from orders.shipments.models import TERMINAL, Shipment

THREADS = 16
AT_ONCE = 2  # calls under way to one partner that is well
BATCH = 100  # errands of one partner looked at in one round
LEASE = timedelta(minutes=2)
MAX_ANSWER = 1024 * 1024
A_MOMENT = 0.05
PHONE_END = 4  # digits of a telephone number: no partner needs more
K = Errand.Kind


@dataclass(frozen=True)
class Trip:
    """All a thread needs: values, and functions over values."""

    account: Account = field(repr=False)
    build: Callable[[Account], Request]
    sign_in: SignedIn | None = None


_flights: Flights[Ticket, Trip, Outcome] = Flights(THREADS, "partner")
_under_way: Counter[str] = Counter()


def call_partners(now: datetime) -> int:
    """A worker step. Returns how much was taken up, brought home or is still under way: 0 when all is quiet."""
    home = _bring_home(now, 0)
    taken = _take_off(now)
    if len(_flights) and not home and not taken:
        home = _bring_home(now, A_MOMENT)
    return home + taken + len(_flights)


def forget_flights() -> None:
    """Waits for the calls under way and forgets what came of them: they are done again when their time comes."""
    _flights.forget()
    _under_way.clear()


def _bring_home(now: datetime, patience: float) -> int:
    home = _flights.bring_home(patience)
    for ticket, _outcome_of_it in home:
        _under_way[ticket.endpoint_id] -= 1
    for ticket, outcome in home:
        record_outcome(ticket, outcome, now)
    return len(home)


def _take_off(now: datetime) -> int:
    """Partners in turn, the one called longest ago first."""
    if _flights.room <= 0:
        return 0
    due = Errand.objects.filter(endpoint=OuterRef("pk"), due_at__lte=now)
    rested = Q(paused_until__isnull=True) | Q(paused_until__lte=now)
    ready = PartnerApi.objects.filter(rested, Exists(due), is_on=True, endpoint__is_active=True)
    taken = 0
    for api in ready.select_related("endpoint").order_by(F("served_at").asc(nulls_first=True), "pk")[: _flights.room]:
        room = min((1 if api.failures else AT_ONCE) - _under_way[api.endpoint_id], _flights.room)
        if room > 0:
            taken += _serve(api, room, now)
    return taken


def _serve(api: PartnerApi, room: int, now: datetime) -> int:
    """Fills the room there is with calls; what need not be done (any more) is put off or dropped on the way. Returns
    how many errands were looked at."""
    PartnerApi.objects.filter(pk=api.pk).update(served_at=now)
    try:
        account = account_of(api, now)
    except (KeyError, ValueError):  # no adapter of that code any more; sealed under another SECRET_KEY
        rest_without_call(api, "setup", now)
        return 0
    calls = seen = 0
    waiting = Errand.objects.filter(endpoint=api.endpoint_id, due_at__lte=now).select_related("shipment")
    together: list[Errand] = []
    for errand in waiting.order_by("due_at", "pk")[:BATCH]:
        if calls >= room:
            break
        seen += 1
        if _is_idle(api, errand, now) or not _claim(errand, now):
            continue
        if errand.kind != K.SUBSCRIBE:
            calls += _send(api, account, [errand], now)
            continue
        together.append(errand)
        if len(together) == cast("Subscribed", api_of(api.endpoint.adapter)).AT_ONCE:
            calls += _send(api, account, together, now)
            together = []
    if together:
        calls += _send(api, account, together, now)
    return seen


def _is_idle(api: PartnerApi, errand: Errand, now: datetime) -> bool:
    """A journey that is over, or nobody has heard of for months, is dropped; one that spoke meanwhile is put off. Each
    parcel of several is on a journey of its own."""
    shipment = errand.shipment
    if shipment is None:
        return False
    parcel = shipment.parcels.filter(number=errand.waybill).first()
    heard_at = last_word(shipment) if parcel is None else last_word_of_parcel(shipment, parcel)
    is_over = shipment.status in TERMINAL or (parcel is not None and parcel.status in TERMINAL)
    if is_over or heard_at <= now - GIVE_UP or not reports_on(api.endpoint, shipment.carrier):
        Errand.objects.filter(pk=errand.pk, due_at=errand.due_at).delete()
        return True
    silent_at = heard_at + silence(api.endpoint.adapter)
    if errand.kind == K.POLL and silent_at > now:
        Errand.objects.filter(pk=errand.pk, due_at=errand.due_at).update(due_at=silent_at, tries=0)
        return True
    return False


def _claim(errand: Errand, now: datetime) -> bool:
    """One UPDATE whose own condition says who was first."""
    return bool(Errand.objects.filter(pk=errand.pk, due_at=errand.due_at).update(due_at=now + LEASE))


def _send(api: PartnerApi, account: Account, errands: list[Errand], now: datetime) -> int:
    ticket = Ticket(
        api.endpoint_id, errands[0].kind, tuple(errand.pk for errand in errands), now + LEASE, api.changed_at
    )
    try:
        build = _builder(api, account, errands)
    except (UnreadableError, ValueError, InboxEvent.DoesNotExist):
        record_outcome(ticket, Outcome(error="foreign"), now)
        return 0
    adapter = api_of(api.endpoint.adapter)
    signs_in = hasattr(adapter, "sign_in") and errands[0].kind in (K.POLL, K.SUBSCRIBE)
    _under_way[api.endpoint_id] += 1
    _flights.take_off(ticket, travel, Trip(account, build, cast("SignedIn", adapter) if signs_in else None))
    return 1


def _builder(api: PartnerApi, account: Account, errands: list[Errand]) -> Callable[[Account], Request]:
    """Raises UnreadableError, ValueError for an address that is foreign by now, a message whose bytes are gone."""
    adapter, first = api_of(api.endpoint.adapter), errands[0]
    if first.kind == K.FETCH:
        if not is_of(api, first.subject):
            raise UnreadableError("none of this partner's own addresses any more")
        return partial(cast("Fetched", adapter).fetch, address=first.subject)
    if first.kind == K.CONFIRM:
        event = InboxEvent.objects.get(pk=first.subject)
        request = confirmation(event, api_key=account.key, base=account.base)
        return lambda _account: request
    subjects = [_subject(adapter, e.waybill, e.shipment) for e in errands if e.shipment is not None]
    if first.kind == K.POLL:
        return partial(cast("Asked", adapter).poll, subject=subjects[0])
    return partial(cast("Subscribed", adapter).subscribe, subjects=subjects)


def _subject(adapter: Api, waybill: str, shipment: Shipment) -> Subject:
    """Some partners tell of some carriers' waybills only to who knows the end of a telephone number."""
    wants_phone: Callable[[str], bool] | None = getattr(adapter, "wants_phone", None)
    if wants_phone is None or not wants_phone(shipment.carrier):
        return Subject(waybill, shipment.carrier)
    digits = re.sub(r"[^0-9]", "", shipment.seller_order.purchase.phone)
    return Subject(waybill, shipment.carrier, digits[-PHONE_END:] if len(digits) >= PHONE_END else "")


def travel(trip: Trip) -> Outcome:
    """In a thread: signs in where the partner wants that, then makes the one call. Never raises."""
    try:
        account = trip.account
        if trip.sign_in is not None:
            answer = _call(trip.sign_in.sign_in(account))
            if not answer.is_success:
                return _outcome(answer)
            account = replace(account, key=trip.sign_in.token(answer.body))
        return _outcome(_call(trip.build(account)))
    except Forbidden:
        return Outcome(error="forbidden")
    except Unreachable:
        return Outcome(error="unreachable")
    except UnreadableError:
        return Outcome(error="unreadable")
    except Exception as error:  # noqa: BLE001 - whatever a partner makes of a connection, it is written down
        return Outcome(error=type(error).__name__[:80])


def _call(request: Request) -> Answer:
    return call(request.method, request.url, body=request.body, headers=request.headers, max_answer=MAX_ANSWER + 1)


def _outcome(answer: Answer) -> Outcome:
    headers: Mapping[str, str] = answer.headers
    if len(answer.body) > MAX_ANSWER:
        return Outcome(answer.status, error="too_large", headers=headers)
    return Outcome(answer.status, answer.body, headers=headers)
