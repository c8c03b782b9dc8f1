"""What a version of a service says: questions, fields, papers, who decides. Plain values out of its frozen document,
and what has to be right before it is published. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.languages import active_language
from market.public_services.states import LEVEL_WORDS, LEVELS

Document = Mapping[str, Any]
AMOUNT: Final = "amount"  # the field of this name holds the sum asked for, by which the route is chosen
TEXTS: Final = ("summary", "audience", "result", "guide")


class Kind(models.TextChoices):
    """All kinds of fields there are."""

    TEXT = "text", gettext_lazy("one line")
    WORDS = "words", gettext_lazy("several lines")
    NUMBER = "number", gettext_lazy("a number")
    MONEY = "money", gettext_lazy("a sum of money, CNY")
    DAY = "day", gettext_lazy("a date")
    CHOICE = "choice", gettext_lazy("one of several")
    YES_NO = "yes_no", gettext_lazy("yes or no")


class OrganisationKind(models.TextChoices):
    COMPANY = "company", gettext_lazy("company")
    HOUSEHOLD = "household", gettext_lazy("individual business")
    COOPERATIVE = "cooperative", gettext_lazy("farmers' cooperative")
    COLLECTIVE = "collective", gettext_lazy("rural collective")
    OTHER = "other", gettext_lazy("other organisation")


@dataclass(frozen=True)
class Words:
    """A text in three languages; Chinese stands in where another is missing."""

    zh: str
    en: str = ""
    ru: str = ""

    def __str__(self) -> str:
        return {"en": self.en, "ru": self.ru}.get(active_language()) or self.zh

    def __bool__(self) -> bool:
        return bool(self.zh)


@dataclass(frozen=True)
class Choice:
    code: str
    label: Words


@dataclass(frozen=True)
class Field:
    """`fact`: the column of the enterprise it is filled from."""

    name: str
    kind: str
    section: str
    label: Words
    hint: Words
    is_required: bool
    unit: str
    fact: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Section:
    code: str
    title: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Condition:
    """A question before the start. Whoever does not answer as wanted reads why it is not for them."""

    code: str
    question: Words
    wanted: str
    why: Words


@dataclass(frozen=True)
class Material:
    """A paper. `needed_if`: field and value, or empty: always. `document` names what it is, across services, so that a
    checked one is not asked for twice; `certificate`: a kind of certificate that stands in for it."""

    code: str
    label: Words
    hint: Words
    is_required: bool
    needed_if: tuple[str, str] | tuple[()]
    document: str
    certificate: str

    def is_needed(self, answers: Mapping[str, str]) -> bool:
        return self.is_required and (not self.needed_if or answers.get(self.needed_if[0]) == self.needed_if[1])


@dataclass(frozen=True)
class Route:
    """Who decides, within how many working days. `most`: up to and including this sum, None: any; `kinds` empty:
    all."""

    most: Decimal | None
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    days: int

    def fits(self, amount: Decimal | None, kind: str) -> bool:
        within = self.most is None or (amount or Decimal(0)) <= self.most
        return within and (not self.kinds or kind in self.kinds)

    @property
    def level_words(self) -> list[str]:
        return [str(LEVEL_WORDS[level]) for level in self.levels]

    @property
    def kind_words(self) -> list[str]:
        return [str(OrganisationKind(kind).label) for kind in self.kinds]

    @property
    def is_for_all(self) -> bool:
        return self.most is None and not self.kinds


def words_of(row: Document, name: str) -> Words:
    found = row.get(name) or {}
    return Words(found.get("zh", ""), found.get("en", ""), found.get("ru", ""))


def fields_of(rows: Sequence[Document]) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=row["name"],
            kind=row["kind"],
            section=row["section"],
            label=words_of(row, "label"),
            hint=words_of(row, "hint"),
            is_required=row.get("is_required", True),
            unit=row.get("unit", ""),
            fact=row.get("fact", ""),
            choices=tuple(Choice(one["code"], words_of(one, "label")) for one in row.get("choices", ())),
        )
        for row in rows
    )


def sections_of(form_schema: Document) -> tuple[Section, ...]:
    fields = fields_of(form_schema.get("fields", ()))
    return tuple(
        Section(row["code"], words_of(row, "title"), tuple(field for field in fields if field.section == row["code"]))
        for row in form_schema.get("sections", ())
    )


def conditions_of(rows: Sequence[Document]) -> tuple[Condition, ...]:
    return tuple(
        Condition(row["code"], words_of(row, "question"), row.get("wanted", "yes"), words_of(row, "why"))
        for row in rows
    )


def materials_of(rows: Sequence[Document]) -> tuple[Material, ...]:
    return tuple(
        Material(
            code=row["code"],
            label=words_of(row, "label"),
            hint=words_of(row, "hint"),
            is_required=row.get("is_required", True),
            needed_if=(row["needed_if"][0], row["needed_if"][1]) if row.get("needed_if") else (),
            document=row.get("document", ""),
            certificate=row.get("certificate", ""),
        )
        for row in rows
    )


def routes_of(rows: Sequence[Document]) -> tuple[Route, ...]:
    return tuple(
        Route(
            most=Decimal(row["most"]) if row.get("most") else None,
            kinds=tuple(row.get("kinds", ())),
            levels=tuple(level for level in LEVELS if level in row["levels"]),
            days=int(row["days"]),
        )
        for row in rows
    )


def organisation_kind(credit_code: str) -> str:
    """By who registered it, the first two signs of the code (GB 32100-2015, table 1; N: rural collectives)."""
    known = {"91": OrganisationKind.COMPANY, "92": OrganisationKind.HOUSEHOLD, "93": OrganisationKind.COOPERATIVE}
    if credit_code.startswith("N"):
        return OrganisationKind.COLLECTIVE
    return known.get(credit_code[:2], OrganisationKind.OTHER)


def what_is_missing(
    texts: Document, form_schema: Document, conditions: Sequence[Document], routing: Sequence[Document]
) -> list[str]:
    """What keeps a version from being published, in words; empty: nothing."""
    sections, routes = sections_of(form_schema), routes_of(routing)
    names = [field.name for section in sections for field in section.fields]
    wrong = []
    if not all(words_of(texts, name) for name in TEXTS[:3]):
        wrong.append(_("say in Chinese what it is, whom it is for and what they get"))
    if not names:
        wrong.append(_("add at least one field"))
    if any(not section.fields for section in sections):
        wrong.append(_("every section needs a field"))
    if len(conditions) > 4:
        wrong.append(_("at most four questions before the start"))
    if not routes or not routes[-1].is_for_all or any(not route.levels for route in routes):
        wrong.append(_("the last row of the routing must fit everybody, and each row needs a level"))
    if any(route.most is not None for route in routes) and AMOUNT not in names:
        wrong.append(_("routing by a sum needs a field “amount” of the kind “a sum of money”"))
    return wrong
