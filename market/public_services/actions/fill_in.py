"""Filling in an application, section by section, paper by paper; returned, only what was asked to be corrected."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput, NotFound
from market.public_services.actions.start_application import check_applicant
from market.public_services.answers import amount_of, kept_answer
from market.public_services.errors import NotOpenForChange
from market.public_services.models import PAPER, Application, Paper
from market.public_services.moves import locked
from market.public_services.papers import Upload, keep_file, open_papers, open_targets
from market.public_services.schema import Section
from market.public_services.states import State


def open_fields(application: Application, section: Section) -> list[str]:
    """Names of the fields that may be changed now."""
    if application.state == State.DRAFT:
        return [field.name for field in section.fields]
    targets = open_targets(application)
    return [field.name for field in section.fields if field.name in targets]


def save_section(
    application: Application, code: str, values: Mapping[str, str], *, by: User, now: datetime
) -> Application:
    """Complete or not; what is typed wrong is refused and nothing of the section is kept. Fields that are not open are
    not looked at. Raises NotFound, NotAllowed, NotOpenForChange, InvalidInput by name of field."""
    check_applicant(application.enterprise, by)
    with transaction.atomic():
        row = locked(application)
        section = next((one for one in row.version.sections if one.code == code), None)
        if section is None:
            raise NotFound()
        names = open_fields(row, section)
        if not names:
            raise NotOpenForChange()
        row.answers = row.answers | _kept(section, names, values)
        row.amount = amount_of(row.answers)
        row.save(update_fields=["answers", "amount"])
        _answered(row, [name for name in names if row.answers.get(name)], now)
    return row


def _kept(section: Section, names: list[str], values: Mapping[str, str]) -> dict[str, str]:
    kept, wrong = {}, {}
    for field in section.fields:
        if field.name in names:
            try:
                kept[field.name] = kept_answer(field, values.get(field.name, ""))
            except ValueError as error:
                wrong[field.name] = str(error)
    if wrong:
        raise InvalidInput(fields=wrong)
    return kept


def put_paper(
    application: Application, code: str, upload: Upload, *, valid_to: date | None, by: User, now: datetime
) -> Paper:
    """Takes the place of the one before, which is kept for the history. Raises NotFound, NotAllowed, NotOpenForChange,
    InvalidInput for a paper that has run out."""
    check_applicant(application.enterprise, by)
    if valid_to is not None and valid_to < localdate(now):
        raise InvalidInput(fields={"valid_to": _("this paper has run out: please hand in one that is valid")})
    with transaction.atomic():
        row = locked(application)
        material = next((one for one in row.version.papers if one.code == code), None)
        if material is None:
            raise NotFound()
        _check_open(row, code)
        row.paper_rows.filter(material=code, is_current=True).update(is_current=False)
        paper = Paper.objects.create(
            application=row,
            material=code,
            document=material.document,
            file=keep_file(row, upload),
            name=upload.name,
            sha256=upload.sha256,
            size=len(upload.raw),
            content_type=upload.content_type,
            valid_to=valid_to,
            added_by=by,
            added_at=now,
        )
        _answered(row, [PAPER + code], now)
    return paper


def remove_paper(application: Application, code: str, *, by: User, now: datetime) -> None:
    """It stays in the history of the case. Raises NotFound, NotAllowed, NotOpenForChange."""
    check_applicant(application.enterprise, by)
    with transaction.atomic():
        row = locked(application)
        _check_open(row, code)
        row.paper_rows.filter(material=code, is_current=True).update(is_current=False)
        row.corrections.filter(round=row.round, target=PAPER + code).update(answered_at=None)


def _check_open(row: Application, code: str) -> None:
    opened = open_papers(row)
    if opened is not None and code not in opened:
        raise NotOpenForChange()


def _answered(row: Application, targets: list[str], now: datetime) -> None:
    if row.state == State.RETURNED:
        row.corrections.filter(round=row.round, target__in=targets).update(answered_at=now)
