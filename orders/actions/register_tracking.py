"""A carrier's report becomes events; all events of the shipment become its status; the order follows."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BigIntegerField, F, QuerySet

from market.common.audit.record import record_act
from market.common.outbox.record import record_event
from market.common.prepared import IsIn, PreparedSelect
from orders.actions.accept_delivery import keep_acceptance_clock
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import Report
from orders.shipments.carriers.values import eta_text
from orders.shipments.errors import LogFullError
from orders.shipments.fold import RANK, Folded, Journey, Scan, estimate, fold_parcels
from orders.shipments.keep_log import journey_ends, keep_readings, note_change
from orders.shipments.models import Notice, Parcel, Shipment, TrackingEvent
from orders.shipments.reads import lock_shipments, noticed_statuses, parcels_of, shipments_named
from orders.shipments.record import store_events

TELL_WITHIN = timedelta(hours=48)
UNTOLD = ("unknown", "pre_transit")  # nothing has happened to the goods yet
FOLDED = ["status", "substatus", "status_at", "flags", "place"]
TOLD = ["eta", "eta_from", "eta_to", "eta_as_of", "monitoring", "monitoring_as_of", "signed_by", "corrected_carrier"]
HEARD = ["heard_at", "silent_since"]


class UnknownNumberError(LookupError):
    """No shipment has this number (yet: the report may be faster than the seller's form)."""


class ForeignWaybillError(LookupError):
    """The number belongs to carriers this partner does not report for: nothing is stored of it."""


def _orders_of() -> QuerySet[SellerOrder]:
    shipped = Shipment.objects.filter(IsIn(F("pk"), "shipments", BigIntegerField()))
    return SellerOrder.objects.select_for_update().filter(pk__in=shipped.values("seller_order")).order_by("pk")


_lock_orders = PreparedSelect(_orders_of)


def register_report(
    report: Report,
    *,
    received_at: datetime,
    now: datetime,
    source: str = "",
    carriers: Collection[str] = (),
    is_answer: bool = False,
    only: int | None = None,
) -> list[Shipment]:
    """Stores new events once, folds all of them from scratch under the row locks (orders, then shipments, as shipping
    does), starts or stops the acceptance clock, and notes what the buyer is to be told. `carriers` are those the
    partner reports for, none: any; `only` is the key of the one shipment it may speak of. With `is_answer` we had
    asked: a shipment of which nothing new is told stays silent. Raises UnknownNumberError, ForeignWaybillError; and
    LogFullError when all but the readings has been stored."""
    found = {pk: name for pk, name in shipments_named(report, source).items() if only in (None, pk)}
    if not found:
        raise UnknownNumberError("no shipment has this tracking number")
    own = {carrier_key(name) for name in carriers}
    numbers = [pk for pk, carrier in found.items() if not own or carrier_key(carrier) in own]
    if not numbers:
        names = ", ".join(sorted(set(found.values())))
        raise ForeignWaybillError(f"the waybill is {names}'s, which this partner does not report for")
    with transaction.atomic():
        orders = _lock_orders(shipments=numbers)
        ordered_at = {order.pk: order.placed_at for order in orders}
        shipments = lock_shipments(numbers)
        moved, full = set(), None
        for shipment in shipments:
            parcels = parcels_of(shipment)
            named = _named(report, shipment, list(parcels))
            rows, is_news = store_events(
                shipment, named, parcels=parcels, source=source, received_at=received_at, now=now
            )
            if report.readings:
                try:
                    is_news |= keep_readings(
                        shipment, named.parcel, report.readings, source=source, received_at=received_at, now=now
                    )
                except LogFullError as error:
                    full = error
            if is_news or not is_answer:
                _hear(shipment, received_at)
            _take_word(shipment, report, received_at)
            if _refold(shipment, rows, parcels, ordered_at[shipment.seller_order_id], received_at, now):
                moved.add(shipment.seller_order_id)
        for order in orders:
            if order.pk in moved:
                keep_acceptance_clock(order, now=now)
    if full is not None:
        raise full
    return shipments


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
    if _is_newer(received_at, shipment.heard_at):
        shipment.heard_at, shipment.silent_since = received_at, None


def _take_word(shipment: Shipment, report: Report, received_at: datetime) -> None:
    """What is said of the whole, not event by event: the word with the newest time of its own counts."""
    as_of = report.as_of or received_at
    if (report.eta or report.eta_to) and _is_newer(as_of, shipment.eta_as_of):
        shipment.eta, shipment.eta_from, shipment.eta_to = report.eta, report.eta_from, report.eta_to
        shipment.eta_as_of = as_of
    if report.monitoring and _is_newer(as_of, shipment.monitoring_as_of):
        shipment.monitoring, shipment.monitoring_as_of = report.monitoring, as_of
    shipment.signed_by = report.signed_by or shipment.signed_by
    shipment.corrected_carrier = report.corrected_carrier or shipment.corrected_carrier


def _is_newer(as_of: datetime, known: datetime | None) -> bool:
    return known is None or as_of >= known


def _refold(
    shipment: Shipment,
    rows: list[TrackingEvent],
    parcels: Mapping[str, Parcel],
    ordered_at: datetime,
    received_at: datetime,
    now: datetime,
) -> bool:
    """Whether the shipment has another status now."""
    scans = [scan_of(row) for row in rows]
    journey = fold_parcels(scans, parcels, ordered_at=ordered_at)
    before, whole = shipment.status, journey.whole
    ends = journey_ends(shipment, parcels.values())
    for number, part in journey.parcels.items():
        _move_parcel(parcels[number], part)
    _set_aside(rows, journey)
    arrival = estimate(scans)
    shipment.eta = eta_text(arrival.isoformat()) if arrival else shipment.eta
    shipment.status, shipment.substatus, shipment.status_at = whole.status, whole.substatus, whole.status_at
    shipment.flags, shipment.place = sorted(whole.flags), whole.place
    shipment.save(update_fields=[*FOLDED, *TOLD, *HEARD])
    _note_notices(shipment, whole, received_at, now)
    if journey_ends(shipment, parcels.values()) != ends:
        note_change(shipment, now)
    if shipment.status == before:
        return False
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
    record_event("shipment.moved", shipment.number, now=now, status=shipment.status)
    return True


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


def _move_parcel(parcel: Parcel, part: Folded) -> None:
    if (parcel.status, parcel.substatus, parcel.status_at) != (part.status, part.substatus, part.status_at):
        parcel.status, parcel.substatus, parcel.status_at = part.status, part.substatus, part.status_at
        parcel.save(update_fields=["status", "substatus", "status_at"])


def _set_aside(rows: list[TrackingEvent], journey: Journey) -> None:
    reasons = {name: dict(part.aside) for name, part in journey.parcels.items()} | {"": dict(journey.whole.aside)}
    changed = [row for row in rows if row.aside != reasons[row.parcel].get(row.key, "")]
    for row in changed:
        row.aside = reasons[row.parcel].get(row.key, "")
    if changed:
        TrackingEvent.objects.bulk_update(changed, ["aside"], batch_size=100)


def _note_notices(shipment: Shipment, whole: Folded, received_at: datetime, now: datetime) -> None:
    """One row for each status the journey entered, whichever order the news came in; only the newest is worth telling,
    and only while it is news."""
    known = noticed_statuses(shipment)
    first = {status: at for status, at in reversed(whole.path) if status not in known}
    Notice.objects.bulk_create(
        [
            Notice(
                shipment=shipment,
                status=status,
                occurred_at=at,
                is_due=status == whole.status and status not in UNTOLD and received_at - at <= TELL_WITHIN,
                created_at=now,
            )
            for status, at in first.items()
        ],
        ignore_conflicts=True,
    )
