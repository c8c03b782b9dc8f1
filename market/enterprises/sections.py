"""The sections of an enterprise's data: which fields, what admission needs of them, when they may change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from market.enterprises.models import AdmissionEvent, Enterprise
from market.enterprises.states import EDITABLE

S = Enterprise.State
LIVE: Final = EDITABLE | {S.APPROVED}


@dataclass(frozen=True)
class Section:
    """`needed` must be filled before the hand-in. What an officer has checked stays as it was checked."""

    code: str
    fields: tuple[str, ...]
    needed: tuple[str, ...] = ()
    editable_in: frozenset[str] = EDITABLE


SECTIONS: Final[Mapping[str, Section]] = {
    section.code: section
    for section in (
        Section("company", ("name_zh", "name_en", "name_ru", "address"), ("name_zh", "address")),
        Section("contact", ("contact_name", "contact_phone"), ("contact_name", "contact_phone"), LIVE),
        Section("bank", ("bank_name", "bank_account")),
        Section("about", ("about_zh", "about_en", "about_ru"), (), LIVE),
    )
}


@dataclass(frozen=True)
class Progress:
    """State: not_started, in_progress, complete, to_correct."""

    section: Section
    state: str
    missing: tuple[str, ...]
    editable: bool


def progress_of(enterprise: Enterprise, last: AdmissionEvent | None) -> list[Progress]:
    """`last` is the newest admission event; its items name the fields to correct while the enterprise is returned."""
    returned = last is not None and enterprise.state == S.RETURNED
    marked = set(last.marked_items) if last is not None and returned else set()
    return [_progress(enterprise, section, marked) for section in SECTIONS.values()]


def missing_for_admission(enterprise: Enterprise) -> list[str]:
    """Names of the fields that are still empty, in the order of the sections."""
    return [name for section in SECTIONS.values() for name in section.needed if not getattr(enterprise, name)]


def _progress(enterprise: Enterprise, section: Section, marked: set[str]) -> Progress:
    filled = [name for name in section.fields if getattr(enterprise, name)]
    missing = tuple(name for name in section.needed if name not in filled)
    return Progress(section, _state(section, filled, missing, marked), missing, enterprise.state in section.editable_in)


def _state(section: Section, filled: Sequence[str], missing: tuple[str, ...], marked: set[str]) -> str:
    if marked & set(section.fields):
        return "to_correct"
    if missing:
        return "in_progress" if filled else "not_started"
    return "complete" if filled else "not_started"
