"""A report's events into rows: new ones added, corrected ones replaced with their past kept, vanished ones marked.

The caller holds the row locks of the shipments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from market.common.bulk import insert_rows, update_rows
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Parcel, Shipment, TrackingEvent, TrackingRevision
from orders.shipments.reads import events_of, parcels_of

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
    "weight_kg",
)
CORRECTED = ("occurred_at", "classifier", "status", "is_retracted", "location")
STAMPS = ("parcel", "flags", "is_retracted", "received_at", "seen_in", "seen_at", "withdrawn_at", "aside")
_NEVER = datetime.min.replace(tzinfo=UTC)
PARCEL_MOVES = ("status", "substatus", "status_at")


@dataclass
class History:
    """A shipment's events and parcels as they stand, with what reports have changed of them; `write_histories` writes
    it down. `parcels` by number."""

    shipment: Shipment
    parcels: dict[str, Parcel]
    rows: list[TrackingEvent]
    new: list[TrackingEvent] = field(default_factory=list)
    changed: dict[int, TrackingEvent] = field(default_factory=dict)
    past: list[TrackingRevision] = field(default_factory=list)
    moved: dict[str, Parcel] = field(default_factory=dict)
    dropped: list[Parcel] = field(default_factory=list)


def read_histories(shipments: Sequence[Shipment]) -> dict[int, History]:
    """By the key of the shipment, in two statements."""
    keys = [shipment.pk for shipment in shipments]
    parcels, events = parcels_of(keys), events_of(keys)
    return {shipment.pk: History(shipment, parcels[shipment.pk], events[shipment.pk]) for shipment in shipments}


def know_as_paper(history: History) -> None:
    """The shipment's waybill turns out to be the number of a booking or a bill of lading: no piece that can arrive by
    itself, though it was declared as the first of several. What was told of it was told of the whole."""
    piece = history.parcels.pop(history.shipment.waybill, None)
    if piece is None:
        return
    if piece.pk:
        history.dropped.append(piece)
    for row in history.rows:
        if row.parcel == piece.number:
            row.parcel = ""
            _change(row, history.changed)


def take_events(history: History, report: Report, *, source: str, received_at: datetime, now: datetime) -> bool:
    """Whether the report told anything new. What counts of it, `settle_rows` says at the end."""
    parcel = report.parcel
    rows = {(row.parcel, row.key): row for row in history.rows}
    new, changed, past = dict[int, TrackingEvent](), history.changed, list[TrackingRevision]()
    as_of = report.as_of if report.is_snapshot else None
    for event in report.events:
        if event.is_retracted:
            continue
        row = rows.get((parcel, event.key))
        if row is None:
            row = rows[parcel, event.key] = TrackingEvent(
                shipment=history.shipment, key=event.key, source=source, parcel=parcel, received_at=received_at
            )
            _write(row, event)
            new[id(row)] = row
        elif _is_newer(event, row, as_of):
            if id(row) not in new and any(getattr(row, name) != getattr(event, name) for name in CORRECTED):
                past.append(_revision(row, now))
            _write(row, event)
            _change(row, changed)
        if received_at < row.received_at:
            row.received_at = received_at
            _change(row, changed)
        if as_of is not None:
            _see(row, as_of, received_at)
            _change(row, changed)
    history.rows = list(rows.values())
    history.new += new.values()
    history.past += past
    if parcel and parcel not in history.parcels:
        history.parcels[parcel] = Parcel(shipment=history.shipment, number=parcel)
    return bool(new or past)


def settle_rows(history: History, retracted: Mapping[tuple[str, str], datetime | None], now: datetime) -> bool:
    """Which rows count no more: those a newer full history lacks, and those the partner took back. `retracted`: by
    source and key the newest version that was taken back, None: all versions; no copy of that version or an older one
    counts, of whichever parcel, and the row keeps what it told. Whether this took back any, or one counts again."""
    is_news = False
    for row in history.rows:
        if (row.source, row.key) not in retracted:
            continue
        version = retracted[row.source, row.key]
        is_retracted = version is None or version >= (row.version or _NEVER)
        if is_retracted != row.is_retracted:
            if is_retracted and row.pk:
                history.past.append(_revision(row, now))
            is_news, row.is_retracted = True, is_retracted
            _change(row, history.changed)
    for row in _withdraw(history.rows, now):
        _change(row, history.changed)
    return is_news


def set_aside(history: History, reasons: Mapping[str, Mapping[str, str]]) -> None:
    """`reasons` by parcel and key of the event."""
    for row in history.rows:
        reason = reasons[row.parcel].get(row.key, "")
        if row.aside != reason:
            row.aside = reason
            _change(row, history.changed)


def write_histories(histories: Iterable[History]) -> None:
    """At most five statements for all of them: two for what is new, three for what is corrected or moved; one more
    where a waybill turned out to be no piece."""
    told = list(histories)
    if dropped := [parcel.pk for history in told for parcel in history.dropped]:
        Parcel.objects.filter(pk__in=dropped).delete()
    parcels = [parcel for history in told for parcel in history.parcels.values()]
    insert_rows([parcel for parcel in parcels if parcel.pk is None])
    update_rows([parcel for history in told for parcel in history.moved.values() if parcel.pk], PARCEL_MOVES)
    insert_rows([row for history in told for row in history.new])
    TrackingRevision.objects.bulk_create([row for history in told for row in history.past])
    update_rows([row for history in told for row in history.changed.values()], [*TOLD, *STAMPS])


def _change(row: TrackingEvent, changed: dict[int, TrackingEvent]) -> None:
    if row.pk:  # a new row is written as it is at the end
        changed[row.pk] = row


def _write(row: TrackingEvent, event: CarrierEvent) -> None:
    for name in TOLD:
        setattr(row, name, getattr(event, name))
    row.flags = list(event.flags)


def _is_newer(event: CarrierEvent, row: TrackingEvent, as_of: datetime | None) -> bool:
    """The newest version counts; without versions what the newest full history says; and where that does not tell them
    apart what reads higher: the same copy stays, whichever came first."""
    if (event.version or _NEVER) != (row.version or _NEVER):
        return (event.version or _NEVER) > (row.version or _NEVER)
    if event.version is None and (as_of or _NEVER) != (row.seen_in or _NEVER):
        return (as_of or _NEVER) > (row.seen_in or _NEVER)
    return _content(event) > _content(row)


def _content(said: CarrierEvent | TrackingEvent) -> tuple[object, ...]:
    return (
        *(getattr(said, name) for name in TOLD if name not in ("version", "weight_kg")),
        said.weight_kg or 0,
        *said.flags,
    )


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


def _withdraw(rows: list[TrackingEvent], now: datetime) -> list[TrackingEvent]:
    """Those a newer full history of the same partner lacks, or which it retracted; one that is back counts again. Each
    parcel has a history of its own."""
    newest = dict[tuple[str, str], tuple[datetime, datetime]]()
    for row in rows:
        if stamp := _stamp(row):
            place = (row.source, row.parcel)
            newest[place] = max(stamp, newest.get(place, stamp))
    changed = []
    for row in rows:
        stamp = _stamp(row)
        is_gone = row.is_retracted or (stamp is not None and stamp < newest[row.source, row.parcel])
        if is_gone != (row.withdrawn_at is not None):
            row.withdrawn_at = now if is_gone else None
            changed.append(row)
    return changed


def _stamp(row: TrackingEvent) -> tuple[datetime, datetime] | None:
    return (row.seen_in, row.seen_at) if row.seen_in and row.seen_at else None
