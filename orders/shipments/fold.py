"""All events of a shipment into one status. Pure: any order and any repetition of arrival gives the same.

Rules: carriers.md, section 6.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
FUTURE = timedelta(hours=24)
MIS_SCAN = timedelta(hours=24)


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


@dataclass(frozen=True)
class Folded:
    status: str = "unknown"
    substatus: str = ""
    status_at: datetime | None = None
    flags: frozenset[str] = field(default_factory=frozenset)


def fold(scans: Iterable[Scan]) -> Folded:
    """Sorted by (time, sequence, rank, key), never by arrival; illegal moves are flagged, not applied."""
    unique = {scan.key: scan for scan in sorted(scans, key=lambda scan: (scan.received_at, repr(scan)), reverse=True)}
    ordered = sorted(
        (scan for scan in unique.values() if scan.occurred_at <= scan.received_at + FUTURE),
        key=lambda scan: (scan.occurred_at, scan.sequence, RANK.get(scan.status, 0), scan.key),
    )
    now = Folded()
    for scan in ordered:
        now = _apply(now, scan)
    return now


def _apply(now: Folded, scan: Scan) -> Folded:
    flags = now.flags | set(scan.flags)
    if not scan.status or scan.status == "unknown":
        return Folded(now.status, now.substatus, now.status_at, flags)
    if scan.status == now.status:
        return Folded(now.status, scan.substatus or now.substatus, now.status_at, flags)
    if scan.status not in MOVES[now.status]:
        conflict = flags | {"status_conflict"} if _is_conflict(now, scan) else flags
        return Folded(now.status, now.substatus, now.status_at, conflict)
    if now.status == "cancelled":
        flags = flags | {"status_conflict"}
    return Folded(scan.status, scan.substatus, scan.occurred_at, flags)


def _is_conflict(now: Folded, scan: Scan) -> bool:
    """A later scan that contradicts a terminal status is worth a look; going back among moving states is not."""
    return RANK[now.status] == 100 or RANK[scan.status] == 100
