"""What a manifest may expect of a body, each key with how it is read off the rows (data/carriers/README.md)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orders.shipments.carriers.base import Push, Report
from orders.shipments.fold import RANK
from orders.shipments.models import Parcel, Shipment, TrackingEvent
from orders.shipments.queries import milestones, newest_event, transshipment_ports


@dataclass(frozen=True)
class Outcome:
    """One posted body: what was answered and stored, what it says, and the shipments before and after."""

    push: Push
    event_id: str
    was_refused: bool
    before: Mapping[int, str] = field(default_factory=dict)
    rows_before: int = 0


@dataclass(frozen=True)
class Subject:
    """The shipment (or one piece of it) and the report a set of expectations is about."""

    outcome: Outcome
    report: Report | None
    shipment: Shipment | None
    parcel: Parcel | None
    expect: Mapping[str, Any]

    @property
    def is_about(self) -> Report:
        if self.report is None:
            raise LookupError("the body holds no shipment")
        return self.report

    @property
    def row(self) -> Shipment:
        if self.shipment is None:
            raise LookupError("the body holds no shipment")
        return self.shipment

    @property
    def place(self) -> Shipment | Parcel:
        return self.parcel or self.row

    @property
    def events(self) -> list[TrackingEvent]:
        names = ("", self.parcel.number) if self.parcel else None
        return [event for event in self.row.events.all() if names is None or event.parcel in names]


def subjects_of(outcome: Outcome, number: str, expect: Mapping[str, Any]) -> Subject:
    reports = outcome.push.reports
    report = next((r for r in reports if number in r.numbers), None) if number else next(iter(reports), None)
    numbers = [number] if number else report.numbers if report else []
    shipment = Shipment.objects.filter(waybill__in=numbers).order_by("pk").first()
    parcel = Parcel.objects.filter(number__in=numbers).select_related("shipment").first() if number else None
    if shipment is None and parcel is not None:
        return Subject(outcome, report, parcel.shipment, parcel, expect)
    if shipment is None and report is not None:
        shipment = Shipment.objects.filter(parcels__number__in=numbers).order_by("pk").first()
    return Subject(outcome, report, shipment, None, expect)


def read_off(subject: Subject) -> dict[str, Any]:
    """What is there for every expected key; a key nobody knows reads as a complaint, so that it can never pass."""
    got: dict[str, Any] = {}
    for key in subject.expect:
        reader = READERS.get(key)
        if reader is None:
            got[key] = f"unknown key {key!r}"
            continue
        try:
            got[key] = reader(subject)
        except LookupError as error:
            got[key] = f"{error}"
    return got


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _newest(subject: Subject) -> TrackingEvent | None:
    corrected = subject.expect.get("corrects")
    if corrected:
        return next((event for event in subject.events if event.key == corrected), None)
    return newest_event(subject.events)


def _occurred_at(subject: Subject) -> Any:
    newest = _newest(subject)
    return _utc(newest.occurred_at) if newest else None


def _local(subject: Subject) -> Any:
    newest = _newest(subject)
    return newest.local_time.replace(" ", "T") if newest else None


def _keys(subject: Subject) -> list[str]:
    """Of every event in the body; one that belongs to several containers is one."""
    if len(subject.outcome.push.reports) > 1 and "shipments" in subject.expect:
        return list(dict.fromkeys(event.key for r in subject.outcome.push.reports for event in r.events))
    return [event.key for event in subject.report.events] if subject.report else []


def _kinds(subject: Subject) -> dict[str, int]:
    events = {event.key: event.group for report in subject.outcome.push.reports for event in report.events}
    return dict(Counter(events.values()))


def _event_id(subject: Subject) -> str:
    if subject.outcome.event_id or not subject.report or not subject.report.events:
        return subject.outcome.event_id
    return subject.report.events[0].key


def _corrects(subject: Subject) -> Any:
    corrected = _newest(subject)
    wanted = subject.expect.get("occurred_at")
    if corrected is None or (wanted and _utc(corrected.occurred_at) != wanted):
        return "not the stored time"
    return corrected.key if corrected.revisions.exists() else "no audit trail of it"


def _window(subject: Subject) -> Any:
    window = (subject.row.eta_from, subject.row.eta_to)
    match subject.expect.get("eta_window"):
        case dict():
            return {"from": window[0], "to": window[1]}
        case str():
            return "/".join(window)
        case _:
            return list(window)


def _shipments(subject: Subject) -> dict[str, Any]:
    wanted: Mapping[str, Any] = subject.expect["shipments"]
    return {number: read_off(subjects_of(subject.outcome, number, expect)) for number, expect in wanted.items()}


def _is_unchanged(subject: Subject) -> bool:
    after = dict(Shipment.objects.filter(pk__in=subject.outcome.before).values_list("pk", "status"))
    return after == subject.outcome.before


def _control(subject: Subject) -> Any:
    control = subject.outcome.push.control
    return control if isinstance(subject.expect["control_message"], str) else bool(control)


READERS: dict[str, Callable[[Subject], Any]] = {
    "tracking_number": lambda s: s.is_about.tracking_number,
    "carrier": lambda s: s.is_about.carrier,
    "container": lambda s: s.is_about.references.get("container", ""),
    "booking": lambda s: s.is_about.references.get("booking", ""),
    "bill_of_lading": lambda s: s.is_about.references.get("bill_of_lading", ""),
    "provider_event_id": _event_id,
    "signed_by": lambda s: s.is_about.signed_by,
    "status": lambda s: s.place.status,
    "substatus": lambda s: s.place.substatus,
    "terminal": lambda s: RANK[s.place.status] == 100,
    "status_unchanged": _is_unchanged,
    "occurred_at": _occurred_at,
    "occurred_at_local": _local,
    "milestone": lambda s: next(reversed(milestones(s.events)), None),
    "milestones": lambda s: milestones(s.events),
    "transshipment_ports": lambda s: transshipment_ports(s.events),
    "events": lambda s: len(_keys(s)),
    "kinds": _kinds,
    "event_ids_unique": lambda s: len(set(_keys(s))) == len(_keys(s)),
    "events_added": lambda s: (
        TrackingEvent.objects.filter(shipment__in=s.outcome.before).count() - s.outcome.rows_before
    ),
    "corrects": _corrects,
    "eta": lambda s: s.row.eta,
    "eta_window": _window,
    "needs_attention": lambda s: s.row.needs_attention,
    "monitoring": lambda s: s.row.monitoring,
    "corrected_carrier": lambda s: s.row.corrected_carrier,
    "shipments": _shipments,
    "thin": lambda s: bool(s.outcome.push.thin),
    "control_message": _control,
    "ignored": lambda s: s.outcome.push.is_ignored,
    "rejected": lambda s: s.outcome.was_refused,
}
