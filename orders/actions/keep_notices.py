"""What the buyer is to be told of a journey: the statuses its folded path entered, whichever order the news came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from market.common.bulk import insert_rows, update_rows
from orders.shipments.models import Notice, Shipment, Status
from orders.shipments.reads import notices_of

TELL_WITHIN = timedelta(hours=48)
UNTOLD = (Status.UNKNOWN, Status.PRE_TRANSIT)  # nothing has happened to the goods yet
# Statuses a buyer acts on are told even where a later one is known by now.
ACTED_ON = (
    Status.AVAILABLE_FOR_PICKUP,
    Status.DELIVERY_ATTEMPTED,
    Status.DELIVERED,
    Status.RETURNING,
    Status.FAILED,
)


@dataclass(frozen=True)
class Entered:
    """Each status a shipment's journey entered and when, in time order; `heard_at`: when the newest of it came in."""

    shipment: Shipment
    path: Sequence[tuple[str, datetime]]
    heard_at: datetime


def keep_notices(journeys: Sequence[Entered], now: datetime) -> set[int]:
    """One row for each status that was entered, with the time of the first entry. A row whose status is not on the path
    any more is dropped, unless its mail has gone out: that stays, and the status is not told again. Returns the keys of
    the shipments of which there is something new to tell (docs/decisions/0010)."""
    known = notices_of([one.shipment.pk for one in journeys])
    new, changed, gone, telling = list[Notice](), list[Notice](), list[int](), set[int]()
    for one in journeys:
        rows = known[one.shipment.pk]
        first = dict[str, datetime]()
        for status, at in one.path:
            first.setdefault(status, at)
        for status, at in first.items():
            row = rows.pop(status, None)
            if row is not None and row.occurred_at == at:
                continue
            is_due = _is_due(status, at, one)
            if row is None:
                new.append(Notice(shipment=one.shipment, status=status, occurred_at=at, is_due=is_due, created_at=now))
            else:
                row.occurred_at, row.is_due = at, row.is_due or (is_due and row.sent_at is None)
                changed.append(row)
            if is_due:
                telling.add(one.shipment.pk)
        gone += [row.pk for row in rows.values() if row.sent_at is None]
    insert_rows(new)
    update_rows(changed, ["occurred_at", "is_due"])
    if gone:
        Notice.objects.filter(pk__in=gone, sent_at=None).delete()
    return telling


def _is_due(status: str, at: datetime, entered: Entered) -> bool:
    """Worth telling: while it is news, and of what is only on the way the newest."""
    is_wanted = status in ACTED_ON or (status == entered.shipment.status and status not in UNTOLD)
    return is_wanted and entered.heard_at - at <= TELL_WITHIN
