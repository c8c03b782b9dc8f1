"""What attributes mean, as plain values: which hold for a category, what a product may say of them, what a filter
calls it, how it is written for people. Pure, so that documents of many products cost no statement each."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from catalog.products.models import Attribute
from market.common.languages import LANGUAGES, ZH, normal_language
from market.common.quantity import fits_places, format_number, plain

PLACES = 3
YES, NO = "yes", "no"
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
Names = tuple[str, str, str]
Stored = str | bool
K = Attribute.Kind
# Why what a product says does not count: code -> words for its seller.
GONE, ELSEWHERE, RETIRED, VALUE_RETIRED, UNREADABLE = "gone", "elsewhere", "retired", "value_retired", "unreadable"
PROBLEMS: Final[Mapping[str, str | Promise]] = {
    GONE: gettext_lazy("this attribute no longer exists"),
    ELSEWHERE: gettext_lazy("this attribute does not belong to the category the product is in now"),
    RETIRED: gettext_lazy("this attribute is no longer used"),
    VALUE_RETIRED: gettext_lazy("this value is no longer used: choose another one"),
    UNREADABLE: gettext_lazy("this value does not fit the attribute: enter it again"),
}


@dataclass(frozen=True)
class Choice:
    code: str
    names: Names
    is_retired: bool = False


@dataclass(frozen=True)
class Definition:
    """An attribute. `path` of the category it is defined at; `values` of a choice by code, in their order; `steps` of a
    number, rising. Names and units in Chinese, English, Russian, the last two may be empty."""

    code: str
    path: str
    kind: str
    names: Names
    units: Names = ("", "", "")
    steps: tuple[Decimal, ...] = ()
    is_facet: bool = True
    is_required: bool = False
    is_retired: bool = False
    values: Mapping[str, Choice] = field(default_factory=dict)

    def holds_for(self, path: str) -> bool:
        return path.startswith(self.path) and not self.is_retired

    def name(self, language: str) -> str:
        return in_language(self.names, language)

    def unit(self, language: str) -> str:
        return in_language(self.units, language)

    def title(self, language: str) -> str:
        """The name with its unit: what stands above a field."""
        unit = self.unit(language)
        brackets = "（{}）" if normal_language(language) == ZH else " ({})"
        return self.name(language) + brackets.format(unit) if unit else self.name(language)

    @cached_property
    def filter_values(self) -> int:
        """How many values a filter can have at most, as far as one can know."""
        return {K.CHOICE: len(self.values), K.YES_NO: 2}.get(K(self.kind), len(self.steps) + 1 if self.steps else 200)


Counted = Sequence[tuple[Definition, Stored]]


@dataclass(frozen=True)
class Said:
    """What a product says of an attribute. `problem`: why it does not count, one of PROBLEMS; `definition` None when
    there is none of that code."""

    code: str
    value: Any
    definition: Definition | None
    problem: str = ""

    def name(self, language: str) -> str:
        return self.definition.name(language) if self.definition else self.code

    def text(self, language: str) -> str:
        """For people; of what cannot be read, as it stands."""
        readable = self.definition is not None and self.problem != UNREADABLE
        return shown(self.definition, self.value, language) if readable and self.definition else str(self.value)

    @property
    def reason(self) -> str:
        return str(PROBLEMS.get(self.problem, ""))


def in_language(names: Names, language: str) -> str:
    return names[LANGUAGES.index(normal_language(language))] or names[0]


def holding(definitions: Iterable[Definition], path: str) -> list[Definition]:
    """Those of a category: of the highest one first, then in their order."""
    found = [definition for definition in definitions if definition.holds_for(path)]
    return sorted(found, key=lambda definition: definition.path.count("/"))


def read_said(attributes: Mapping[str, Any], definitions: Sequence[Definition], path: str) -> list[Said]:
    """Everything a product says, what counts in the order of its category, then what does not."""
    known = {definition.code: definition for definition in definitions}
    order = {definition.code: place for place, definition in enumerate(holding(definitions, path))}
    said = [
        Said(code, value, known.get(code), problem_of(known.get(code), value, path))
        for code, value in attributes.items()
    ]
    return sorted(said, key=lambda one: (bool(one.problem), order.get(one.code, len(order)), one.code))


def problem_of(definition: Definition | None, value: Any, path: str) -> str:
    """Why a value does not count for a product in the category at `path`; empty when it does."""
    if definition is None:
        return GONE
    if definition.is_retired:
        return RETIRED
    if not path.startswith(definition.path):
        return ELSEWHERE
    if definition.kind == K.CHOICE:
        choice = definition.values.get(value) if isinstance(value, str) else None
        return UNREADABLE if choice is None else VALUE_RETIRED if choice.is_retired else ""
    if definition.kind == K.NUMBER:
        return UNREADABLE if as_number(value) is None else ""
    return "" if isinstance(value, bool) else UNREADABLE


def as_number(value: Any) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and fits_places(number, PLACES) else None


def to_store(definition: Definition, given: Any) -> Stored:
    """What a form or a program gave, as the product keeps it. Raises ValueError with words that say what to do."""
    if definition.kind == K.NUMBER:
        number = given if isinstance(given, Decimal) else as_number(str(given)) if _is_number(given) else None
        if number is None or not fits_places(number, PLACES):
            raise ValueError(_("a number with at most three decimal places, such as 12.5"))
        return plain(number + 0)  # there is no minus nought
    if definition.kind == K.YES_NO:
        if not isinstance(given, bool):
            raise ValueError(_("yes or no"))
        return given
    choice = definition.values.get(given) if isinstance(given, str) else None
    if choice is None or choice.is_retired:
        raise ValueError(_("choose one of the values of this attribute"))
    return choice.code


def _is_number(given: Any) -> bool:
    return isinstance(given, str | int | float) and not isinstance(given, bool)


def filter_value(definition: Definition, value: Stored) -> str:
    """What a filter calls it: a value's code, `yes` or `no`, an exact number, or `low..high`, either side open."""
    if definition.kind == K.YES_NO:
        return YES if value else NO
    if definition.kind == K.CHOICE:
        return str(value)
    number = Decimal(str(value))
    if not definition.steps:
        return plain(number)
    place = bisect_right(definition.steps, number)
    low = plain(definition.steps[place - 1]) if place else ""
    high = plain(definition.steps[place]) if place < len(definition.steps) else ""
    return f"{low}..{high}"


def what_counts(attributes: Mapping[str, Any], definitions: Mapping[str, Definition], path: str) -> Counted:
    """What a product in the category at `path` says of its attributes, without what does not count."""
    found = [(definitions.get(code), value) for code, value in attributes.items()]
    return [(one, value) for one, value in found if one is not None and not problem_of(one, value, path)]


def filter_pairs(counted: Counted) -> Iterator[str]:
    """`code=value` of what buyers may filter by."""
    return (f"{one.code}={filter_value(one, value)}" for one, value in counted if one.is_facet)


def searched_names(counted: Counted) -> Iterator[Names]:
    """What buyers' words may find a product by: names of its values, and of what it says yes to. What a choice or a
    number is called is the same for all goods of a category and finds nothing."""
    for definition, value in counted:
        if definition.kind == K.CHOICE:
            yield definition.values[str(value)].names
        elif definition.kind == K.YES_NO and value:
            yield definition.names


def filter_label(definition: Definition, value: str, language: str) -> str:
    """The words of a filter's value; one that is not of this attribute as it stands."""
    if definition.kind == K.CHOICE:
        choice = definition.values.get(value)
        return in_language(choice.names, language) if choice else value
    if definition.kind == K.YES_NO:
        return shown(definition, value == YES, language) if value in (YES, NO) else value
    low, is_range, high = value.partition("..")
    numbers = [_written(side, language) for side in (low, high)]
    unit = f" {definition.unit(language)}" if definition.unit(language) else ""
    if not is_range:
        return f"{numbers[0]}{unit}" if numbers[0] else value
    if all(numbers):
        return f"{numbers[0]}–{numbers[1]}{unit}"
    return f"≥ {numbers[0]}{unit}" if numbers[0] else f"< {numbers[1]}{unit}" if numbers[1] else value


@lru_cache(maxsize=2000)
def _written(number: str, language: str) -> str:
    found = as_number(number)
    return "" if found is None else format_number(found, language)


def filter_order(definition: Definition, value: str) -> tuple[Decimal, str]:
    """Values stand as they were defined, numbers from the least, yes before no."""
    if definition.kind == K.CHOICE:
        places = {code: place for place, code in enumerate(definition.values)}
        return Decimal(places.get(value, len(places))), value
    if definition.kind == K.YES_NO:
        return Decimal(value != YES), value
    low, _dots, _high = value.partition("..")
    number = as_number(low)
    return (Decimal("-Infinity") if number is None else number), value


def shown(definition: Definition, value: Stored, language: str) -> str:
    """A value that counts, for people."""
    if definition.kind == K.YES_NO:
        with override(normal_language(language)):
            return _("yes") if value else _("no")
    if definition.kind == K.CHOICE:
        return filter_label(definition, str(value), language)
    unit = definition.unit(language)
    number = format_number(Decimal(str(value)), language)
    return f"{number} {unit}" if unit else number
