"""What officers decide about a case: is it complete, is it granted, what has to be corrected, is it carried out.

Each takes the step the officer looked at. Of two officers who decide at once the second is told (DecidedAlready)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.states import check_move
from market.public_services.actions.grant import give_back, mark_paid, set_apart
from market.public_services.clock import pause_clock, resume_clock, start_clock, stop_clock
from market.public_services.models import Application, CorrectionItem, Step
from market.public_services.moves import Act, Said, check_said, claim_step, end_steps, locked, move
from market.public_services.queries import deciding_unit
from market.public_services.reach import Acting, acting_in
from market.public_services.routing import route_of
from market.public_services.states import MOVES, REVIEWS, Pause, State


def accept(step: Step, *, opinion: str = "", by: User, now: datetime) -> Application:
    """The papers are complete: they count as checked, the time to decide begins (the first time), the first level that
    decides has it. Raises NotFound, OwnEnterprise, DecidedAlready, IllegalMove."""
    with transaction.atomic():
        row, acting = _taken(step, by, now)
        resume_clock(row, now)
        if row.accepted_at is None:
            row.accepted_at = now
            start_clock(row, route_of(row).days, now)
        row.paper_rows.filter(is_current=True, checked_at=None).update(checked_at=now)
        move(
            row,
            State.ACCEPTED,
            Act.ACCEPT,
            acting=acting,
            step=step,
            now=now,
            said=Said(opinion),
            columns=("accepted_at",),
        )
        following = _open_next(row, now)
        assert following is not None
        move(row, REVIEWS[following.level], Act.FORWARD, acting=None, step=following, now=now)
    return row


def approve(step: Step, *, opinion: str = "", by: User, now: datetime) -> Application:
    """On to the next level that decides; from the last one to the public, where the version says so, or granted.
    The last level sets the money apart where the service has a budget.
    Raises NotFound, OwnEnterprise, DecidedAlready, IllegalMove, BudgetSpent."""
    with transaction.atomic():
        row, acting = _taken(step, by, now)
        resume_clock(row, now)
        following = _open_next(row, now)
        if following is not None:
            to = REVIEWS[following.level]
        else:
            set_apart(row, now)
            to = _last_yes(row, now)
        move(row, to, Act.APPROVE, acting=acting, step=step, now=now, said=Said(opinion), columns=("decided_at",))
    return row


def return_case(step: Step, items: Mapping[str, str], *, by: User, now: datetime) -> Application:
    """Everything that has to be corrected, at once: name of field, or `paper:` and code -> what. The clock stands until
    it comes back. Raises InvalidInput, NotFound, OwnEnterprise, DecidedAlready, IllegalMove."""
    asked = {target: what.strip() for target, what in items.items() if what.strip()}
    if not asked or max(map(len, asked.values())) > 500:
        raise InvalidInput(fields={"items": _("say what has to be corrected, in at most 500 characters each")})
    with transaction.atomic():
        row, acting = _taken(step, by, now)
        known = set(row.version.target_names)
        if not set(asked) <= known:
            raise InvalidInput(fields={"items": ", ".join(sorted(set(asked) - known))})
        CorrectionItem.objects.bulk_create(
            [CorrectionItem(application=row, round=row.round, target=name, what=what) for name, what in asked.items()]
        )
        end_steps(row, now)
        resume_clock(row, now)
        pause_clock(row, Pause.CORRECTION, now)
        move(row, State.RETURNED, Act.RETURN, acting=acting, step=step, now=now)
    return row


def refuse(step: Step, *, reason: str, remedy: str, by: User, now: datetime) -> Application:
    """It is not taken up at all: not for this enterprise, not for this office. Raises as `reject`."""
    return _end(step, State.NOT_ACCEPTED, Act.REFUSE, reason, remedy, by, now)


def reject(step: Step, *, reason: str, remedy: str, by: User, now: datetime) -> Application:
    """With the reason and what the enterprise can do about it. Raises InvalidInput without either, NotFound,
    OwnEnterprise, DecidedAlready, IllegalMove."""
    return _end(step, State.REJECTED, Act.REJECT, reason, remedy, by, now)


def uphold_objection(application: Application, *, reason: str, remedy: str, by: User, now: datetime) -> Application:
    """What the public said is right: rejected while it is shown to it, by the level that had decided. Raises as
    `reject`, IllegalMove when the time is over."""
    check_said(reason=reason, remedy=remedy)
    with transaction.atomic():
        row = locked(application)
        acting = acting_in(deciding_unit(row), row.enterprise, by, now)
        if row.state != State.PUBLICITY:
            check_move({}, row.state, State.REJECTED)
        stop_clock(row)
        give_back(row, now)
        row.decided_at = now
        move(
            row, State.REJECTED, Act.REJECT, acting=acting, now=now, columns=("decided_at",), said=Said(reason, remedy)
        )
    return row


def fulfil(application: Application, *, opinion: str, by: User, now: datetime) -> Application:
    """What was granted is done, in words (paid on which day, which paper was issued), by the level that decided.
    Raises InvalidInput, NotFound, OwnEnterprise, IllegalMove."""
    check_said(opinion=opinion)
    with transaction.atomic():
        row = locked(application)
        acting = acting_in(deciding_unit(row), row.enterprise, by, now)
        mark_paid(row, now)
        move(row, State.FULFILLED, Act.FULFIL, acting=acting, now=now, said=Said(opinion))
    return row


def _taken(step: Step, by: User, now: datetime) -> tuple[Application, Acting]:
    row = locked(step.application)
    acting = acting_in(step.unit, row.enterprise, by, now)
    claim_step(row, step, now)
    return row, acting


def _last_yes(row: Application, now: datetime) -> State:
    if row.version.publicity_days:
        start_clock(row, row.version.publicity_days, now)
        return State.PUBLICITY
    row.decided_at = now
    stop_clock(row)
    return State.APPROVED


def _open_next(row: Application, now: datetime) -> Step | None:
    following = row.steps.filter(round=row.round, state=Step.State.WAITING).select_related("unit").first()
    if following is not None:
        following.state, following.opened_at = Step.State.OPEN, now
        following.save(update_fields=["state", "opened_at"])
    return following


def _end(step: Step, to: State, act: Act, reason: str, remedy: str, by: User, now: datetime) -> Application:
    check_said(reason=reason, remedy=remedy)
    with transaction.atomic():
        row, acting = _taken(step, by, now)
        check_move(MOVES, row.state, to)
        end_steps(row, now)
        stop_clock(row)
        row.decided_at = now
        move(row, to, act, acting=acting, step=step, now=now, columns=("decided_at",), said=Said(reason, remedy))
    return row
