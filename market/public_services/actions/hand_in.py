"""The hand-in, the first one and those after a correction, and taking it back."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.states import check_move
from market.public_services.actions.grant import give_back
from market.public_services.actions.start_application import check_applicant, check_is_meant
from market.public_services.answers import amount_of, missing_in
from market.public_services.clock import resume_clock, start_clock, stop_clock
from market.public_services.models import PAPER, Application, NumberRun, Paper, Step
from market.public_services.moves import Act, end_steps, locked, move
from market.public_services.papers import paper_states
from market.public_services.reach import Acting
from market.public_services.routing import desks_of
from market.public_services.states import MOVES, State
from market.regions.models import OrgUnit


def missing_of(application: Application, now: datetime) -> dict[str, str]:
    """What is needed before the hand-in: name of field, or `paper:` and code -> how it is called."""
    missing = {
        field.name: str(field.label)
        for section in application.version.sections
        for field in missing_in(section, application.answers)
    }
    papers = paper_states(application, timezone.localdate(now))
    missing |= {PAPER + one.material.code: str(one.material.label) for one in papers if one.is_missing}
    if application.state == State.RETURNED:
        names = application.version.target_names
        unanswered = application.corrections.filter(round=application.round, answered_at=None)
        missing |= {target: names.get(target, target) for target in unanswered.values_list("target", flat=True)}
    return missing


def hand_in(application: Application, *, is_declared: bool, by: User, now: datetime) -> Application:
    """Effects in order: papers the house has are taken over, the office's number is given (the first time), the desks
    of this round are laid out and the first one opens, the clock runs (after a correction: goes on), result, log, news.

    Raises NotFound, NotAllowed, NotMeantFor, IllegalMove, InvalidInput: `declared`, or what is missing by name.
    """
    check_applicant(application.enterprise, by)
    if not is_declared:
        raise InvalidInput(fields={"declared": _("please declare that what you say is true")})
    with transaction.atomic():
        row = locked(application)
        check_move(MOVES, row.state, State.SUBMITTED)
        if row.submitted_at is None:
            check_is_meant(row.version.item, row.enterprise)
        if missing := missing_of(row, now):
            raise InvalidInput(fields={name: _("this is needed") for name in missing})
        _take_over_papers(row, by, now)
        row.amount = amount_of(row.answers)
        if row.submitted_at is None:
            row.number, row.submitted_at = next_number(row.version.item.unit, now), now
            start_clock(row, row.version.accept_days, now)
        else:
            row.round += 1
            resume_clock(row, now)
        _lay_out_desks(row, now)
        move(
            row,
            State.SUBMITTED,
            Act.HAND_IN,
            acting=Acting(by),
            now=now,
            answers=dict(row.answers),
            columns=("number", "submitted_at", "round", "amount"),
        )
    return row


def withdraw(application: Application, *, by: User, now: datetime) -> Application:
    """At any time before the decision; it stays to be read. Raises NotFound, NotAllowed, IllegalMove."""
    check_applicant(application.enterprise, by)
    with transaction.atomic():
        row = locked(application)
        check_move(MOVES, row.state, State.WITHDRAWN)
        end_steps(row, now)
        stop_clock(row)
        give_back(row, now)
        row.decided_at = now
        move(row, State.WITHDRAWN, Act.WITHDRAW, acting=Acting(by), now=now, columns=("decided_at",))
    return row


def next_number(unit: OrgUnit, now: datetime) -> str:
    """`SV-S1-2026-00017`: the office's own series, by the year of Beijing. The row's lock lasts to the end of the
    transaction, so that no number is given twice and none is left out."""
    year = timezone.localdate(now).year
    if not NumberRun.objects.filter(unit=unit, year=year).update(last=F("last") + 1):
        try:
            with transaction.atomic():
                NumberRun.objects.create(unit=unit, year=year, last=1)
        except IntegrityError:  # somebody began the year a moment before
            NumberRun.objects.filter(unit=unit, year=year).update(last=F("last") + 1)
    last = NumberRun.objects.get(unit=unit, year=year).last
    return f"SV-{unit.code}-{year}-{last:05}"


def _take_over_papers(row: Application, by: User, now: datetime) -> None:
    taken = []
    for one in paper_states(row, timezone.localdate(now)):
        if one.held is not None:
            one.held.added_by, one.held.added_at = by, now
            taken.append(one.held)
    Paper.objects.bulk_create(taken)


def _lay_out_desks(row: Application, now: datetime) -> None:
    """The lowest level that decides also says whether the papers are complete."""
    desks = desks_of(row)
    first = next(desk for desk in desks if not desk.skipped_for)
    steps = [
        Step(
            application=row,
            round=row.round,
            position=0,
            kind=Step.Kind.ACCEPT,
            level=first.level,
            unit=first.unit,
            state=Step.State.OPEN,
            opened_at=now,
        )
    ]
    steps += [
        Step(
            application=row,
            round=row.round,
            position=position,
            kind=Step.Kind.REVIEW,
            level=desk.level,
            unit=desk.unit,
            state=Step.State.SKIPPED if desk.skipped_for else Step.State.WAITING,
            skipped_for=desk.skipped_for,
        )
        for position, desk in enumerate(desks, start=1)
    ]
    Step.objects.bulk_create(steps)
