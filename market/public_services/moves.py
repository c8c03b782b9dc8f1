"""One move of a case: the row, what was done, the log, the news; and the guard that of two officers one decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.common.outbox.record import record_event
from market.common.states import check_move
from market.public_services.clock import COLUMNS
from market.public_services.errors import DecidedAlready
from market.public_services.models import Application, Step, StepResult
from market.public_services.reach import Acting
from market.public_services.states import MOVES

Act = StepResult.Act
MOST = 2000


@dataclass(frozen=True)
class Said:
    """`opinion`: what the officer writes, or why; `remedy`: what the enterprise can do about it."""

    opinion: str = ""
    remedy: str = ""


def locked(application: Application) -> Application:
    """As it stands, until the end of the transaction."""
    return Application.objects.select_for_update(of=("self",)).whole().get(pk=application.pk)


def claim_step(row: Application, step: Step, now: datetime) -> None:
    """The step is this officer's now, or somebody was faster: one conditional UPDATE. Raises DecidedAlready."""
    claimed = Step.objects.filter(pk=step.pk, application=row, state=Step.State.OPEN).update(
        state=Step.State.DONE, closed_at=now
    )
    if not claimed:
        last = row.results.exclude(act=Act.FORWARD).select_related("by").last()
        who = str(last.by) if last and last.by else row.number
        raise DecidedAlready(who=who, what=str(last.get_act_display()) if last else row.get_state_display())


def end_steps(row: Application, now: datetime) -> None:
    """What is open or would have come is not reached any more."""
    left = row.steps.filter(state__in=[Step.State.OPEN, Step.State.WAITING])
    left.update(state=Step.State.ENDED, closed_at=now)


def move(
    row: Application,
    to: str,
    act: Act,
    *,
    acting: Acting | None,
    step: Step | None = None,
    now: datetime,
    said: Said = Said(),
    answers: dict[str, str] | None = None,
    columns: tuple[str, ...] = (),
) -> StepResult:
    """Saves state, clock and `columns`; writes the result, the log and `application.moved`, in the caller's
    transaction. `acting` None: by the clock. Raises IllegalMove."""
    if to != row.state:
        check_move(MOVES, row.state, to)
    result = StepResult.objects.create(
        application=row,
        step=step,
        round=row.round,
        act=act,
        from_state=row.state,
        to_state=to,
        by=acting.by if acting else None,
        instead_of=acting.instead_of if acting else None,
        opinion=said.opinion.strip(),
        remedy=said.remedy.strip(),
        answers=answers or {},
        at=now,
    )
    row.state = to
    row.save(update_fields=["state", *COLUMNS, *columns])
    _record(row, result, acting, now)
    return result


def _record(row: Application, result: StepResult, acting: Acting | None, now: datetime) -> None:
    told: dict[str, Any] = {"reason": result.opinion} if result.opinion else {}
    if acting and acting.instead_of:
        told["instead_of"] = str(acting.instead_of)
    record_act(
        actor=acting.by if acting else "clock",
        action=f"application.{result.act}",
        subject_kind="application",
        subject_id=row.number,
        now=now,
        **told,
    )
    if result.act != Act.FORWARD:
        record_event("application.moved", row.number, now=now, result=result.pk)


def check_said(**values: str) -> None:
    """Raises InvalidInput for those that are empty or too long."""
    words = _("needed, in at most %(most)s characters") % {"most": MOST}
    wrong = {name: words for name, value in values.items() if not value.strip() or len(value) > MOST}
    if wrong:
        raise InvalidInput(fields=wrong)
