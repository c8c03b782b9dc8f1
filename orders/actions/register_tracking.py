"""A carrier's report becomes events; all events of the shipment become its status; the order follows."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, F, QuerySet

from market.common.audit.record import record_act
from market.common.bulk import update_rows
from market.common.outbox.record import Event, record_events
from market.common.prepared import IsIn, PreparedSelect
from orders.actions.accept_delivery import keep_acceptance_clock
from orders.actions.keep_notices import Entered, keep_notices
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import Report
from orders.shipments.carriers.values import eta_text
from orders.shipments.errors import LogFullError
from orders.shipments.fold import RANK, Folded, Scan, estimate, fold_parcels
from orders.shipments.keep_log import journey_ends, keep_readings, note_change
from orders.shipments.models import Parcel, Shipment, Status, TrackingEvent
from orders.shipments.reads import lock_shipments, shipments_named
from orders.shipments.record import (
    History,
    know_as_paper,
    read_histories,
    set_aside,
    settle_rows,
    take_events,
    write_histories,
)
from orders.shipments.retractions import (
    TakenBack,
    hold_retractions,
    keep_retractions,
    newest_reaching,
    reach_of,
    retractions_of,
)
from orders.shipments.word import WORDS, take_word

FOLDED = ["status", "substatus", "status_at", "flags", "place", "eta"]
HEARD = ["heard_at", "silent_since"]
PAPERS = ("booking", "bill_of_lading")


class UnknownNumberError(LookupError):
    """No shipment has this number (yet: the report may be faster than the seller's form)."""


class ForeignWaybillError(LookupError):
    """The number belongs to carriers this partner does not report for: nothing is stored of it."""


def _orders_of() -> QuerySet[SellerOrder]:
    shipped = Shipment.objects.filter(IsIn(F("pk"), "shipments", BigIntegerField()))
    return SellerOrder.objects.select_for_update().filter(pk__in=shipped.values("seller_order")).order_by("pk")


_lock_orders = PreparedSelect(_orders_of)


@dataclass(frozen=True)
class Heard:
    """`carriers` are those the partner reports for, none: any; `only` is the key of the one shipment it may speak of.
    With `is_answer` we had asked: a shipment of which nothing new is told stays silent."""

    report: Report
    received_at: datetime
    source: str = ""
    carriers: Collection[str] = ()
    is_answer: bool = False
    only: int | None = None


Refusal = UnknownNumberError | ForeignWaybillError | LogFullError


def register_report(report: Report, *, received_at: datetime, now: datetime, source: str = "") -> None:
    """One report by itself. Raises UnknownNumberError, ForeignWaybillError; and LogFullError when all but the readings
    has been stored."""
    (refusal,) = register_reports([Heard(report, received_at, source)], now=now)
    if refusal is not None:
        raise refusal


def register_reports(heard: Sequence[Heard], *, now: datetime) -> list[Refusal | None]:
    """Stores new events once, folds all of them from scratch under the row locks (orders, then shipments, as shipping
    does), starts or stops the acceptance clock, and notes what the buyer is to be told: as many statements for a
    hundred reports as for one, in one transaction, and some more for each with readings and for those that take events
    back. Says of each report why nothing was stored of its events (what it takes back is kept all the same), or
    nothing of its readings (LogFullError), or None."""
    with transaction.atomic():
        back = _take_back(heard)
        found = shipments_named(one.report for one in heard)
        meant = [_meant(one, shipments) for one, shipments in zip(heard, found, strict=True)]
        told = {place: keys for place, keys in enumerate(meant) if isinstance(keys, list)}
        keys = {pk for keys in told.values() for pk in keys}.union(*back.values())
        full = _register(heard, told, back, sorted(keys), now) if keys else {}
    return [full.get(place) if isinstance(refusal, list) else refusal for place, refusal in enumerate(meant)]


def _take_back(heard: Sequence[Heard]) -> dict[int, list[int]]:
    """Keeps the retractions. By place among the reports the shipments they reach, whatever numbers they name."""
    taken = {
        place: [TakenBack(one.source, event.key, event.version, _reach(one)) for event in events]
        for place, one in enumerate(heard)
        if (events := [event for event in one.report.events if event.is_retracted])
    }
    hold_retractions(is_writing=bool(taken))
    known = keep_retractions([one for those in taken.values() for one in those]) if taken else {}
    reached = {place: {pk: name for one in those for pk, name in known[one].items()} for place, those in taken.items()}
    return {place: _allowed(heard[place], shipments) for place, shipments in reached.items()}


def _reach(heard: Heard) -> str:
    return reach_of([carrier_key(name) for name in heard.carriers], heard.only)


def _allowed(heard: Heard, named: Mapping[int, str]) -> list[int]:
    """Keys of the shipments the partner may speak of."""
    own = {carrier_key(name) for name in heard.carriers}
    return [pk for pk, name in named.items() if heard.only in (None, pk) and (not own or carrier_key(name) in own)]


def _meant(heard: Heard, named: Mapping[int, str]) -> list[int] | Refusal:
    """Keys of the shipments the report is about; none for one that names only events it takes back."""
    events = heard.report.events
    if not heard.report.numbers and events and all(event.is_retracted for event in events):
        return []
    if not any(heard.only in (None, pk) for pk in named):
        return UnknownNumberError("no shipment has this tracking number")
    if keys := _allowed(heard, named):
        return keys
    names = ", ".join(sorted(set(named.values())))
    return ForeignWaybillError(f"the waybill is {names}'s, which this partner does not report for")


def _register(
    heard: Sequence[Heard],
    told: Mapping[int, Sequence[int]],
    back: Mapping[int, Sequence[int]],
    keys: Sequence[int],
    now: datetime,
) -> dict[int, LogFullError]:
    """`told` and `back`: by place among the reports the shipments of which they tell something, or take something back;
    `keys` of all of them. By place, those whose readings found no room."""
    orders = _lock_orders(shipments=keys)
    ordered_at = {order.pk: order.placed_at for order in orders}
    shipments = {shipment.pk: shipment for shipment in lock_shipments(keys)}
    histories = read_histories(list(shipments.values()))
    heard_at, full = dict[int, datetime](), dict[int, LogFullError]()
    for place, meant in told.items():
        for shipment in (shipments[pk] for pk in meant if pk in shipments):
            one, history = heard[place], histories[shipment.pk]
            if shipment.waybill in (one.report.references.get(kind) for kind in PAPERS):
                know_as_paper(history)
            named = _named(one.report, shipment, list(history.parcels))
            is_news = take_events(history, named, source=one.source, received_at=one.received_at, now=now)
            if one.report.readings:
                try:
                    is_news |= keep_readings(
                        shipment,
                        named.parcel,
                        named.readings,
                        source=one.source,
                        received_at=one.received_at,
                        now=now,
                    )
                except LogFullError as error:
                    full[place] = error
            if is_news or not one.is_answer:
                _hear(shipment, one.received_at)
            take_word(shipment, one.report, one.received_at)
            heard_at[shipment.pk] = max(one.received_at, heard_at.get(shipment.pk, one.received_at))
    _settle(heard, back, histories, heard_at, now)
    before = {pk: shipment.status for pk, shipment in shipments.items()}
    ends = {pk: journey_ends(history.shipment, history.parcels.values()) for pk, history in histories.items()}
    paths = {pk: _refold(history, ordered_at[history.shipment.seller_order_id]) for pk, history in histories.items()}
    write_histories(histories.values())
    update_rows(shipments.values(), [*FOLDED, *WORDS, *HEARD])
    told_of = keep_notices([Entered(shipments[pk], path, heard_at[pk]) for pk, path in paths.items()], now)
    for pk, history in histories.items():
        if journey_ends(history.shipment, history.parcels.values()) != ends[pk]:
            note_change(history.shipment, now)
    moved = [shipment for shipment in shipments.values() if shipment.status != before[shipment.pk]]
    late = [shipments[pk].number for pk in sorted(told_of - {shipment.pk for shipment in moved})]
    for shipment in moved:
        _note_move(shipment, before[shipment.pk], now)
    events = [Event("shipment.moved", s.number, {"status": s.status}) for s in moved]
    record_events([*events, *(Event("shipment.noticed", number) for number in late)], now=now)
    clocked = {s.seller_order_id for s in moved if Status.DELIVERED in (s.status, before[s.pk])}
    for order in orders:
        if order.pk in clocked:
            keep_acceptance_clock(order, now=now)
    return full


def _settle(
    heard: Sequence[Heard],
    back: Mapping[int, Sequence[int]],
    histories: Mapping[int, History],
    heard_at: dict[int, datetime],
    now: datetime,
) -> None:
    """What was taken back, lately or long before its event came, counts no more; taking something back is news."""
    taken = retractions_of(event.key for one in heard for event in one.report.events)
    changed = set[int]()
    for pk, history in histories.items():
        shipment = history.shipment
        if settle_rows(history, newest_reaching(shipment, carrier_key(shipment.carrier), taken), now):
            changed.add(pk)
    for place, keys in back.items():
        at = heard[place].received_at
        for pk in keys:
            heard_at[pk] = max(at, heard_at.get(pk, at))
            if pk in changed:
                _hear(histories[pk].shipment, at)


def carrier_key(name: str) -> str:
    """Sellers type a carrier's name as they like: case, width and signs between the letters do not count."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


def _named(report: Report, shipment: Shipment, declared: Sequence[str]) -> Report:
    """A report by the number of one declared parcel speaks of that parcel. One by the shipment's own waybill speaks of
    the whole, unless that is one of several parcels with waybills of their own."""
    if not report.numbers or report.parcel not in ("", shipment.waybill):
        return report
    is_own = shipment.waybill in (report.parcel, report.tracking_number)
    numbers = [shipment.waybill] if is_own else report.numbers
    return replace(report, parcel=next((number for number in declared if number in numbers), ""))


def _hear(shipment: Shipment, received_at: datetime) -> None:
    if shipment.heard_at is None or received_at >= shipment.heard_at:
        shipment.heard_at, shipment.silent_since = received_at, None


def _refold(history: History, ordered_at: datetime) -> tuple[tuple[str, datetime], ...]:
    """Each status the journey entered, and when."""
    shipment, parcels = history.shipment, history.parcels
    scans = [scan_of(row) for row in history.rows]
    journey = fold_parcels(scans, parcels, ordered_at=ordered_at)
    whole = journey.whole
    for number, part in journey.parcels.items():
        _move_parcel(history, parcels[number], part)
    parts = {name: dict(part.aside) for name, part in journey.parcels.items()}
    set_aside(history, parts | {"": dict(whole.aside)})
    arrival = estimate(scans)
    shipment.eta = eta_text(arrival.isoformat()) if arrival else shipment.eta_told
    shipment.status, shipment.substatus, shipment.status_at = whole.status, whole.substatus, whole.status_at
    shipment.flags, shipment.place = sorted(whole.flags), whole.place
    return whole.path


def _note_move(shipment: Shipment, before: str, now: datetime) -> None:
    if RANK[before] == 100:
        record_act(
            actor="carrier",
            action="shipment.left_terminal",
            subject_kind="shipment",
            subject_id=shipment.number,
            now=now,
            before=before,
            after=shipment.status,
        )


def scan_of(row: TrackingEvent) -> Scan:
    return Scan(
        row.key,
        row.occurred_at,
        row.received_at,
        row.status,
        row.substatus,
        tuple(row.flags),
        row.sequence,
        row.classifier,
        row.kind,
        row.place,
        row.parcel,
        row.version,
        row.withdrawn_at is not None,
    )


def _move_parcel(history: History, parcel: Parcel, part: Folded) -> None:
    if (parcel.status, parcel.substatus, parcel.status_at) != (part.status, part.substatus, part.status_at):
        parcel.status, parcel.substatus, parcel.status_at = part.status, part.substatus, part.status_at
        history.moved[parcel.number] = parcel
