"""All events of a shipment into one status. Pure: any order and any repetition of arrival gives the same.

Rules: carriers.md, section 6.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

RANK = {
    "unknown": 0,
    "pre_transit": 10,
    "picked_up": 20,
    "in_transit": 30,
    "customs": 35,
    "out_for_delivery": 50,
    "delivery_attempted": 55,
    "available_for_pickup": 60,
    "returning": 70,
    "delivered": 100,
    "returned": 100,
    "failed": 100,
    "cancelled": 100,
}
_MOVING = frozenset({"picked_up", "in_transit", "customs"})
_FROM_MOVING = _MOVING | {
    "out_for_delivery",
    "available_for_pickup",
    "delivery_attempted",
    "delivered",
    "returning",
    "failed",
}
MOVES = {
    "unknown": frozenset(RANK),
    "pre_transit": _MOVING | {"out_for_delivery", "delivered", "cancelled", "failed"},
    "picked_up": _FROM_MOVING,
    "in_transit": _FROM_MOVING,
    "customs": _FROM_MOVING,
    "out_for_delivery": frozenset(
        {"delivered", "delivery_attempted", "available_for_pickup", "in_transit", "returning", "failed"}
    ),
    "delivery_attempted": frozenset(
        {"out_for_delivery", "available_for_pickup", "in_transit", "delivered", "returning", "failed"}
    ),
    "available_for_pickup": frozenset({"delivered", "returning", "in_transit", "failed"}),
    "returning": frozenset({"returned", "in_transit", "delivered", "failed"}),
    "delivered": frozenset({"returning", "available_for_pickup"}),
    "failed": frozenset({"in_transit", "delivered"}),
    "cancelled": frozenset(RANK) - {"unknown", "cancelled"},
    "returned": frozenset[str](),
}
_NEVER = datetime.min.replace(tzinfo=UTC)
FUTURE = timedelta(hours=24)
ANCIENT = timedelta(days=180)
# What the next step of the journey settles; damage and contradictions stay until a person has looked.
SETTLED = frozenset(
    {"delayed", "held", "missorted", "address_issue", "payment_required", "customs_info_required", "contact_carrier"}
)
ARRIVALS = frozenset({"vessel_arrived", "rail_arrived", "truck_arrived", "barge_arrived", "arrived", "delivered"})


@dataclass(frozen=True)
class Scan:
    """One event as the fold sees it. `status` empty: it moves nothing, only its flags count."""

    key: str
    occurred_at: datetime
    received_at: datetime
    status: str
    substatus: str = ""
    flags: tuple[str, ...] = ()
    sequence: int = 0
    classifier: str = "ACT"
    kind: str = ""
    place: str = ""
    parcel: str = ""
    version: datetime | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Folded:
    """`path` is each status that was entered and when; `aside` the events that count for nothing, with the reason:
    `future`, `ancient` or `conflict`."""

    status: str = "unknown"
    substatus: str = ""
    status_at: datetime | None = None
    flags: frozenset[str] = field(default_factory=frozenset)
    place: str = ""
    path: tuple[tuple[str, datetime], ...] = ()
    aside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Journey:
    whole: Folded
    parcels: dict[str, Folded]


def fold(scans: Iterable[Scan], *, ordered_at: datetime | None = None) -> Folded:
    """Actual events sorted by (time, sequence, rank, key), never by arrival; illegal moves are flagged, not applied.

    Of two copies with one key the newest version counts. What lies more than 24 hours after its receipt or 180 days
    before `ordered_at` is set aside; so are conflicts; planned, estimated and withdrawn events move nothing.
    """
    now, aside = Folded(), dict[str, str]()
    for scan in _in_order(scans):
        if scan.occurred_at > scan.received_at + FUTURE:
            aside[scan.key] = "future"
        elif ordered_at is not None and scan.occurred_at < ordered_at - ANCIENT:
            aside[scan.key] = "ancient"
        else:
            moved = _apply(now, scan)
            if scan.status not in ("", "unknown", now.status) and moved.status == now.status:
                aside[scan.key] = "conflict"
            now = moved
    return replace(now, aside=tuple(sorted(aside.items())))


def fold_parcels(scans: Iterable[Scan], parcels: Iterable[str] = (), *, ordered_at: datetime | None = None) -> Journey:
    """Each parcel by itself (events that name none count for all), and the whole: it is where its last parcel is. Of
    parcels that are equally far the one that came there last."""
    history = list(scans)
    names = sorted({scan.parcel for scan in history if scan.parcel} | set(parcels))
    if not names:
        return Journey(fold(history, ordered_at=ordered_at), {})
    told: dict[str, list[Scan]] = defaultdict(list)
    for scan in history:
        told[scan.parcel].append(scan)
    each = {name: fold([*told[""], *told[name]], ordered_at=ordered_at) for name in names}
    least = min(_progress(part.status) for part in each.values())
    behind = [name for name, part in each.items() if _progress(part.status) == least]
    last = max(behind, key=lambda name: (each[name].status_at or _NEVER, name))
    flags = frozenset[str]().union(*(part.flags for part in each.values()))
    aside = dict(pair for part in each.values() for pair in part.aside)
    return Journey(replace(each[last], flags=flags, aside=tuple(sorted(aside.items()))), each)


def estimate(scans: Iterable[Scan]) -> datetime | None:
    """When the carrier expects to arrive at the last stop it told of: the newest word on it, an estimate before a
    plan. Of copies with one key the newest word counts too, also when it takes the event back."""
    newest = {scan.key: scan for scan in sorted(scans, key=lambda scan: (_told_at(scan), repr(scan)))}
    expected = [
        scan
        for scan in newest.values()
        if scan.classifier in ("EST", "PLN") and scan.kind in ARRIVALS and not scan.is_withdrawn
    ]
    if not expected:
        return None
    return max(expected, key=lambda s: (s.sequence, _told_at(s), s.classifier == "EST", s.key)).occurred_at


def _told_at(scan: Scan) -> datetime:
    return scan.version or scan.received_at


def _progress(status: str) -> tuple[int, int]:
    """Only when all is delivered the whole is; of parcels that ended differently, the trouble shows."""
    return RANK[status], 1 if status == "delivered" else 0


def _in_order(scans: Iterable[Scan]) -> list[Scan]:
    counting = {scan.key: scan for scan in sorted(scans, key=_age, reverse=True)}
    acting = (scan for scan in counting.values() if scan.classifier == "ACT" and not scan.is_withdrawn)
    return sorted(acting, key=lambda scan: (scan.occurred_at, scan.sequence, RANK.get(scan.status, 0), scan.key))


def _age(scan: Scan) -> tuple[float, datetime, str]:
    """Sorts the copy that counts first: newest version, else the one that came first."""
    return -scan.version.timestamp() if scan.version else 0.0, scan.received_at, repr(scan)


def _apply(now: Folded, scan: Scan) -> Folded:
    flags = now.flags | set(scan.flags)
    place = scan.place or now.place
    if not scan.status or scan.status == "unknown":
        return replace(now, flags=flags, place=place)
    if scan.status == now.status:
        if scan.substatus == "customs_released":
            flags = (now.flags - {"held", "customs_info_required"}) | set(scan.flags)
        return replace(now, substatus=scan.substatus or now.substatus, flags=flags, place=place)
    if scan.status not in MOVES[now.status]:
        return replace(now, flags=flags | {"status_conflict"}) if _is_conflict(scan) else replace(now, flags=flags)
    if now.status == "cancelled":
        flags = flags | {"status_conflict"}
    elif RANK[scan.status] > RANK[now.status]:
        flags = (now.flags - SETTLED) | set(scan.flags)
    step = (scan.status, scan.occurred_at)
    return Folded(scan.status, scan.substatus, scan.occurred_at, flags, place, (*now.path, step))


def _is_conflict(scan: Scan) -> bool:
    """Labels are often announced after the parcel was handed over: put aside, and not worth a person's look."""
    return scan.status != "pre_transit"
