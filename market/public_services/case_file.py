"""A case as people read it, enterprise and officer alike: answers, what has changed, what was asked, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.public_services.answers import shown_answer
from market.public_services.models import Application, CorrectionItem, Step, StepResult
from market.public_services.queries import changed_fields
from market.public_services.states import State


@dataclass(frozen=True)
class Line:
    """One answer. `before`: the one before the last correction, None: it has not changed; `asked`: what was to be
    corrected the last time, empty: nothing."""

    name: str
    label: str
    text: str
    before: str | None
    asked: str


@dataclass(frozen=True)
class Part:
    code: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Happened:
    """What somebody did; of a return also what was asked, by how it is called."""

    result: StepResult
    asked: Sequence[tuple[str, str]]


def parts_of(application: Application) -> list[Part]:
    """Two statements."""
    changed = changed_fields(application)
    asked = asked_last(application)
    return [
        Part(
            section.code,
            str(section.title),
            tuple(
                Line(
                    name=field.name,
                    label=str(field.label),
                    text=shown_answer(field, application.answers.get(field.name, "")),
                    before=shown_answer(field, changed[field.name]) if field.name in changed else None,
                    asked=asked.get(field.name, ""),
                )
                for field in section.fields
            ),
        )
        for section in application.version.sections
    ]


def asked_last(application: Application) -> dict[str, str]:
    """By target, what the last return asked to correct."""
    round_ = application.round if application.state == State.RETURNED else application.round - 1
    return dict(application.corrections.filter(round=round_).values_list("target", "what"))


def happened_to(application: Application) -> list[Happened]:
    """Newest first. Two statements."""
    names = application.version.target_names
    corrections: dict[int, list[CorrectionItem]] = {}
    for row in application.corrections.all():
        corrections.setdefault(row.round, []).append(row)
    rows = application.results.select_related("by", "instead_of", "step__unit")
    return [
        Happened(
            result,
            [(names.get(row.target, row.target), row.what) for row in corrections.get(result.round, [])]
            if result.act == StepResult.Act.RETURN
            else [],
        )
        for result in reversed(rows)
    ]


def desks_so_far(application: Application) -> list[Step]:
    """Of this round, in their order."""
    return list(application.steps.filter(round=application.round).select_related("unit"))
