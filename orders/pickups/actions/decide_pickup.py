"""The seller's decisions about a job, and the clock's."""

from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.deadlines.actions import open_deadline
from market.common.errors import Conflict
from orders.pickups.models import PickupJob
from orders.pickups.states import DEADLINE, OPEN, OVER_AFTER, S, Side, move


def take_proposal(job: PickupJob, *, by: User, now: datetime) -> PickupJob:
    """The proposed window as this caller has seen it becomes the job's. A second time changes nothing. Raises
    IllegalMove, and Conflict when the partner has proposed another one since."""
    with transaction.atomic():
        row = PickupJob.objects.get(pk=job.pk)
        seen = (job.counter_from, job.counter_to)
        if row.state == S.ACCEPTED and (row.window_from, row.window_to) == seen:
            return row
        if row.state == S.COUNTERED and (row.counter_from, row.counter_to) != seen:
            raise Conflict()
        agreed = {"window_from": row.counter_from, "window_to": row.counter_to}
        move(row, S.ACCEPTED, agreed, seen=job.version, side=Side.SELLER, by=by, now=now)
    return row


def refuse_proposal(job: PickupJob, *, by: User, now: datetime) -> PickupJob:
    """Ends the job; a second time changes nothing. Raises IllegalMove, Conflict."""
    return _end(job, S.REFUSED, by=by, now=now)


def withdraw_pickup(job: PickupJob, *, by: User, now: datetime) -> PickupJob:
    """Until the truck has been there, also after it was accepted. A second time changes nothing. Raises IllegalMove,
    Conflict."""
    return _end(job, S.WITHDRAWN, by=by, now=now)


def _end(job: PickupJob, to: str, *, by: User, now: datetime) -> PickupJob:
    with transaction.atomic():
        row = PickupJob.objects.get(pk=job.pk)
        if row.state != to:
            move(row, to, seen=job.version, side=Side.SELLER, by=by, now=now)
    return row


def on_pickup_deadline(number: str, now: datetime) -> None:
    """What nobody answered expires; what was accepted is over a day after its window. A job that moved in the meantime
    has a deadline of its own, which is kept."""
    with transaction.atomic():
        job = PickupJob.objects.get(number=number)
        if job.state in OPEN:
            due, to = job.answer_by, S.EXPIRED
        elif job.state == S.ACCEPTED:
            due, to = job.window_to + OVER_AFTER, S.OVER
        else:
            return
        if due > now:
            open_deadline(DEADLINE, number, due_at=due)
            return
        move(job, to, seen=job.version, side=Side.CLOCK, by=None, now=now)
