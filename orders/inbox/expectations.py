"""What a manifest may expect of a body, each key with how it is read off the rows (data/carriers/README.md)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orders.shipments.carriers.base import CarrierEvent, Push, Report
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
    known: frozenset[tuple[int, str, str]] = frozenset()


@dataclass(frozen=True)
class Subject:
    """The shipment (or one piece of it) and the report a set of expectations is about."""

    outcome: Outcome
    report: Report | None
    shipment: Shipment | None
    parcel: Parcel | None
    expect: Mapping[str, Any]
    number: str = ""

    @property
    def reports(self) -> list[Report]:
        """Of the whole body, or those that name the number."""
        return [one for one in self.outcome.push.reports if not self.number or self.number in one.numbers]

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
        return Subject(outcome, report, parcel.shipment, parcel, expect, number)
    if shipment is None and report is not None:
        shipment = Shipment.objects.filter(parcels__number__in=numbers).order_by("pk").first()
    return Subject(outcome, report, shipment, None, expect, number)


def read_off(subject: Subject) -> dict[str, Any]:
    """What is there for every expected key; a key nobody knows reads as a complaint, so that it can never pass."""
    got: dict[str, Any] = {}
    for key in subject.expect:
        reader = READERS.get(key)
        if reader is None:
            got[key] = f"unknown key {key!r}"
            continue
        try:
            got[key] = _as_spelt(reader(subject), subject.expect[key])
        except LookupError as error:
            got[key] = f"{error}"
    return got


def _as_spelt(found: Any, expected: Any) -> Any:
    """Nothing may be spelt null, and a number that we keep as text as a number."""
    if expected is None and found == "":
        return None
    if isinstance(expected, int) and not isinstance(expected, bool) and found == str(expected):
        return expected
    return found


def events_of(shipments: Iterable[int]) -> frozenset[tuple[int, str, str]]:
    """Shipment, parcel and key of each row."""
    rows = TrackingEvent.objects.filter(shipment__in=list(shipments))
    return frozenset(rows.values_list("shipment_id", "parcel", "key"))


def _added(subject: Subject) -> int:
    """One that belongs to several containers is one."""
    if subject.number:
        rows = frozenset((event.shipment_id, event.parcel, event.key) for event in subject.events)
    else:
        rows = events_of(subject.outcome.before)
    return len({key for _, _, key in rows} - {key for _, _, key in subject.outcome.known})


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


def _told(subject: Subject) -> list[CarrierEvent]:
    """Every event in the body as often as it stands there; one that belongs to several containers is one."""
    told = defaultdict[str, dict[str, list[CarrierEvent]]](lambda: defaultdict(list))
    for report in subject.reports:
        for event in report.events:
            told[event.key][report.tracking_number].append(event)
    return [event for by_number in told.values() for event in max(by_number.values(), key=len)]


def _kinds(subject: Subject) -> dict[str, int]:
    return dict(Counter(event.group for event in _told(subject)))


def _are_unique(subject: Subject) -> bool:
    keys = [event.key for event in _told(subject)]
    return len(set(keys)) == len(keys)


def _reference(name: str) -> Callable[[Subject], Any]:
    """Of the first report; where a list is expected, of all of them."""

    def read(subject: Subject) -> Any:
        if isinstance(subject.expect[name], list):
            named = (report.references.get(name, "") for report in subject.reports)
            return list(dict.fromkeys(filter(None, named)))
        return subject.is_about.references.get(name, "")

    return read


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
    "container": _reference("container"),
    "booking": _reference("booking"),
    "bill_of_lading": _reference("bill_of_lading"),
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
    "events": lambda s: len(_told(s)),
    "kinds": _kinds,
    "event_ids_unique": _are_unique,
    "events_added": _added,
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
