"""The life of a pickup job: who may move it where. One conditional UPDATE decides between two who move at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from market.accounts.models import User
from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.errors import Conflict, IllegalMove
from market.common.outbox.record import record_event
from market.common.states import Moves
from orders.pickups.models import PickupEvent, PickupJob, PickupOrder

S = PickupJob.State
Side = PickupEvent.Side

MOVES: Mapping[str, Moves] = {
    Side.PARTNER: {
        S.ASKED: frozenset({S.ACCEPTED, S.DECLINED, S.COUNTERED}),
        S.COUNTERED: frozenset({S.COUNTERED, S.DECLINED}),  # a new proposal replaces the old one
        S.ACCEPTED: frozenset({S.ACCEPTED, S.DECLINED}),  # another vehicle; it cannot come after all
    },
    Side.SELLER: {
        S.ASKED: frozenset({S.WITHDRAWN}),
        S.COUNTERED: frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN}),
        S.ACCEPTED: frozenset({S.WITHDRAWN}),
    },
    Side.CLOCK: {
        S.ASKED: frozenset({S.EXPIRED}),
        S.COUNTERED: frozenset({S.EXPIRED}),
        S.ACCEPTED: frozenset({S.OVER}),
    },
}
OPEN = (S.ASKED, S.COUNTERED)
LIVE = (*OPEN, S.ACCEPTED)
TOLD = (S.ACCEPTED, S.COUNTERED, S.DECLINED, S.EXPIRED, S.WITHDRAWN, S.REFUSED)
DEADLINE = "pickup"
ANSWER_WITHIN = timedelta(hours=24)
HEADWAY = timedelta(hours=1)  # an answer is of use while there is time to drive
OVER_AFTER = timedelta(hours=24)  # a late truck is still this job's


def answer_by(now: datetime, window_to: datetime) -> datetime:
    """A day, and never later than an hour before the window ends."""
    return min(now + ANSWER_WITHIN, window_to - HEADWAY)


def move(
    job: PickupJob,
    to: str,
    changes: Mapping[str, Any] | None = None,
    *,
    seen: int,
    side: str,
    by: User | None,
    message: str = "",
    now: datetime,
) -> None:
    """Moves the job, with further columns in `changes`; leaves an event, a deadline, and the outbox event
    `pickup.<state>` where the other side wants to know. Part of the caller's transaction. Raises IllegalMove, and
    Conflict when somebody else has moved it since version `seen`, on which the caller has decided."""
    if to not in MOVES[side].get(job.state, frozenset()):
        raise IllegalMove(current=str(job.get_state_display()), wanted=to)
    before = job.state
    values = {"state": to, "version": seen + 1, "state_changed_at": now, **(changes or {})}
    if not _claim(job, seen, values):
        raise Conflict()
    for name, value in values.items():
        setattr(job, name, value)
    event = PickupEvent.objects.create(
        job=job, from_state=before, to_state=to, side=side, by=by, message=message, at=now
    )
    keep_deadline(job)
    if to not in LIVE:
        PickupOrder.objects.filter(job=job).update(is_live=False)
    if to in TOLD:
        record_event(f"pickup.{to}", job.number, now=now, event=event.pk)


def _claim(job: PickupJob, seen: int, values: Mapping[str, Any]) -> int:
    return PickupJob.objects.filter(pk=job.pk, version=seen).update(**values)


def keep_deadline(job: PickupJob) -> None:
    """Until an answer is due, then until the truck must have been there."""
    if job.state in OPEN:
        open_deadline(DEADLINE, job.number, due_at=job.answer_by)
    elif job.state == S.ACCEPTED:
        open_deadline(DEADLINE, job.number, due_at=job.window_to + OVER_AFTER)
    else:
        close_deadline(DEADLINE, job.number)
