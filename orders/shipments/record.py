"""A report's events into rows: new ones added, corrected ones replaced with their past kept, vanished ones marked.

The caller holds the shipment's row lock.
"""

from datetime import datetime

from market.common.prepared import insert_rows
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Parcel, Shipment, TrackingEvent, TrackingRevision
from orders.shipments.reads import events_of

TOLD = (
    "occurred_at",
    "local_time",
    "classifier",
    "status",
    "substatus",
    "kind",
    "group",
    "sequence",
    "place",
    "location",
    "text",
    "raw_code",
    "is_unmapped",
    "version",
    "is_retracted",
    "weight_kg",
)
CORRECTED = ("occurred_at", "classifier", "status", "is_retracted", "location")
STAMPS = ("flags", "seen_in", "seen_at", "withdrawn_at")


def store_events(
    shipment: Shipment,
    report: Report,
    *,
    parcels: dict[str, Parcel],
    source: str,
    received_at: datetime,
    now: datetime,
) -> tuple[list[TrackingEvent], bool]:
    """All events of the shipment as they stand now, and whether the report told anything new. `parcels` by number gains
    one the report is the first to name. Two statements for a first report, at most six for one that corrects and
    withdraws."""
    parcel = report.parcel
    known = events_of(shipment)
    rows = {(row.parcel, row.key): row for row in known}
    new, changed, past = list[TrackingEvent](), dict[int, TrackingEvent](), list[TrackingRevision]()
    for event in report.events:
        row = rows.get((parcel, event.key))
        if not report.numbers:
            _take_back([row for row in known if row.key == event.key], event, changed, past, now)
        elif row is None:
            row = rows[parcel, event.key] = TrackingEvent(
                shipment=shipment, key=event.key, source=source, parcel=parcel, received_at=received_at
            )
            _write(row, event)
            new.append(row)
        elif event.is_retracted:
            _take_back([row], event, changed, past, now)
        elif _is_newer(event, row):
            if row.pk and any(getattr(row, name) != getattr(event, name) for name in CORRECTED):
                past.append(_revision(row, now))
            _write(row, event)
            _change(row, changed)
        if row is not None and report.is_snapshot and report.as_of is not None:
            _see(row, report.as_of, received_at)
            _change(row, changed)
    for row in _withdraw(list(rows.values()), source, now):
        _change(row, changed)
    insert_rows(new)
    TrackingRevision.objects.bulk_create(past)
    if changed:
        TrackingEvent.objects.bulk_update(changed.values(), [*TOLD, *STAMPS], batch_size=100)
    if parcel and parcel not in parcels:
        parcels[parcel] = Parcel.objects.create(shipment=shipment, number=parcel)
    return list(rows.values()), bool(new or past)


def _change(row: TrackingEvent, changed: dict[int, TrackingEvent]) -> None:
    if row.pk:  # a new row is written as it is at the end
        changed[row.pk] = row


def _take_back(
    rows: list[TrackingEvent],
    event: CarrierEvent,
    changed: dict[int, TrackingEvent],
    past: list[TrackingRevision],
    now: datetime,
) -> None:
    """A retraction says nothing but that: the row keeps what it told, and counts no more."""
    for row in rows:
        if event.is_retracted and row.pk and not row.is_retracted and _is_newer(event, row):
            past.append(_revision(row, now))
            row.is_retracted, row.version = True, event.version
            changed[row.pk] = row


def _write(row: TrackingEvent, event: CarrierEvent) -> None:
    for name in TOLD:
        setattr(row, name, getattr(event, name))
    row.flags = list(event.flags)


def _is_newer(event: CarrierEvent, row: TrackingEvent) -> bool:
    """The newest version counts, whichever came first. Equal versions change nothing."""
    return event.version is not None and (row.version is None or event.version > row.version)


def _revision(row: TrackingEvent, now: datetime) -> TrackingRevision:
    content = {name: getattr(row, name) for name in ("classifier", "substatus", "kind", "place", "text", "raw_code")}
    return TrackingRevision(
        event=row,
        occurred_at=row.occurred_at,
        status=row.status,
        version=row.version,
        content=content,
        replaced_at=now,
    )


def _see(row: TrackingEvent, as_of: datetime, received_at: datetime) -> None:
    if row.seen_in is None or row.seen_at is None or (as_of, received_at) > (row.seen_in, row.seen_at):
        row.seen_in, row.seen_at = as_of, received_at


def _withdraw(rows: list[TrackingEvent], source: str, now: datetime) -> list[TrackingEvent]:
    """Those a newer full history of this partner lacks, or which it retracted; one that is back counts again."""
    stamps = [
        (row.seen_in, row.seen_at) for row in rows if row.source == source and row.seen_in and row.seen_at is not None
    ]
    newest = max(stamps, default=None)
    changed = []
    for row in rows:
        if row.source != source:
            continue
        is_gone = newest is not None and row.seen_in is not None and (row.seen_in, row.seen_at) < newest
        if (is_gone or row.is_retracted) != (row.withdrawn_at is not None):
            row.withdrawn_at = now if is_gone or row.is_retracted else None
            changed.append(row)
    return changed
