"""The clock of a case: officers pause it for a reason and let it go on; the worker hears it when the time has come."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.outbox.record import record_event
from market.public_services.clock import pause_clock, resume_clock, stop_clock
from market.public_services.errors import DecidedAlready
from market.public_services.models import Application, Step
from market.public_services.moves import Act, Said, check_said, locked, move
from market.public_services.reach import Acting, acting_in
from market.public_services.states import Clock, Pause, State

BY_OFFICERS = (Pause.EXPERT, Pause.ON_SITE, Pause.FORCE_MAJEURE)


def pause(step: Step, why: str, *, reason: str, by: User, now: datetime) -> Application:
    """Raises InvalidInput, NotFound, OwnEnterprise, DecidedAlready when it stands or is not theirs any more."""
    if why not in BY_OFFICERS:
        raise InvalidInput(fields={"why": _("Please choose one of the values offered.")})
    check_said(reason=reason)
    with transaction.atomic():
        row, acting = _at_desk(step, Clock.RUNNING, by, now)
        pause_clock(row, Pause(why), now)
        move(row, row.state, Act.PAUSE, acting=acting, step=step, now=now, said=Said(reason))
    return row


def resume(step: Step, *, by: User, now: datetime) -> Application:
    """What is due moves by the working time it stood. Raises as `pause`."""
    with transaction.atomic():
        row, acting = _at_desk(step, Clock.PAUSED, by, now)
        resume_clock(row, now)
        move(row, row.state, Act.RESUME, acting=acting, step=step, now=now)
    return row


def _at_desk(step: Step, clock: Clock, by: User, now: datetime) -> tuple[Application, Acting]:
    row = locked(step.application)
    acting = acting_in(step.unit, row.enterprise, by, now)
    if row.clock != clock or not Step.objects.filter(pk=step.pk, state=Step.State.OPEN).exists():
        raise DecidedAlready(who=row.number, what=row.get_clock_display())
    return row, acting


def on_due(number: str, now: datetime) -> None:
    """Handler of the deadline. Shown to the public long enough: granted. Else the officers who have it are told once
    that they are late; the case waits."""
    with transaction.atomic():
        found = Application.objects.filter(number=number).first()
        if found is None:
            return
        row = locked(found)
        if row.clock != Clock.RUNNING or row.due_at is None or row.due_at > now:
            return
        if row.state == State.PUBLICITY:
            stop_clock(row)
            row.decided_at = now
            move(row, State.APPROVED, Act.END_PUBLICITY, acting=None, now=now, columns=("decided_at",))
        else:
            record_event("application.overdue", row.number, now=now)
