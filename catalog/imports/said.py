"""What a row says, column by column: values where they can be read, problems where they cannot."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from catalog.imports.cells import (
    EMPTY,
    NUMBER,
    BadCell,
    Cell,
    code_of,
    day_of,
    folded,
    months_of,
    number_of,
    readable,
    text_of,
)
from catalog.imports.columns import Column
from catalog.imports.layout import Layout
from catalog.imports.verdicts import Problem
from market.common.languages import listed

SHOWN_OPTIONS, SHOWN_VALUE = 6, 80
ValueT = TypeVar("ValueT")
_folded = lru_cache(maxsize=1_000)(folded)  # a word of a list stands in many rows


class Said:
    """One row. Whatever cannot be read is noted in `problems`, once for each cell, and counts as empty."""

    def __init__(self, cells: Sequence[Cell], layout: Layout, language: str) -> None:
        self._cells = {key: cell for key, cell in zip(layout.keys, cells, strict=True) if cell.text}
        self._layout, self._language = layout, language
        self.problems: list[Problem] = []

    def has(self, key: str) -> bool:
        return key in self._cells

    def typed(self, key: str) -> str:
        """What stands in the cell, whether it can be read or not."""
        return self._cells.get(key, EMPTY).text[:SHOWN_VALUE]

    def may_have(self, group: str) -> bool:
        """Whether the table has any column of this group."""
        return group in self._layout.groups

    def is_number(self, key: str) -> bool:
        return self.has(key) and self._cells[key].kind == NUMBER

    def wrong(self, key: str, reason: str) -> None:
        if any(one.key == key for one in self.problems):
            return
        column = self._layout.by_key.get(key)
        hint = hint_of(column, self._language) if column else ""
        self.problems.append(Problem(key if column else "", self.typed(key), reason, hint))

    def text(self, key: str, most: int, otherwise: str = "") -> str:
        return self._read(key, otherwise, text_of, most)

    def code(self, key: str, most: int, otherwise: str = "") -> str:
        return self._read(key, otherwise, code_of, most)

    def number(self, key: str, places: int, otherwise: Decimal | None = None) -> Decimal | None:
        return self._read(key, otherwise, number_of, places, self._language)

    def day(self, key: str) -> date | None:
        return self._read(key, None, day_of)

    def months(self, key: str, otherwise: Sequence[int]) -> list[int]:
        return self._read(key, list(otherwise), months_of)

    def choice(self, key: str, otherwise: str = "") -> str:
        return self._read(key, otherwise, chosen, self._layout.by_key.get(key))

    def refused(self, fields: Mapping[str, Any], prefix: str = "", **names: str) -> None:
        """What an action's check named, at its columns; `names`: fields that have another column."""
        for field, text in fields.items():
            self.wrong(names.get(field, prefix + field), str(text))

    def _read(self, key: str, otherwise: ValueT, read: Callable[..., ValueT], *how: Any) -> ValueT:
        """`read` is given the cell and `how`."""
        cell = self._cells.get(key)
        if cell is None:
            return otherwise
        try:
            return read(cell, *how)
        except BadCell as error:
            self.wrong(key, str(error))
            return otherwise


def chosen(cell: Cell, column: Column) -> str:
    """The value of an option, by its words in any language, its code, or a short word that only it has."""
    word = _folded(readable(cell).text)
    if word in column.words:
        return column.words[word]
    found = column.short_words.get(word, set())
    if len(found) == 1:
        return next(iter(found))
    raise BadCell(_("several have this name: choose one from the list") if found else _("this is none of the list"))


def hint_of(column: Column, language: str) -> str:
    """What to write in a cell of this column."""
    if not column.options:
        return str(column.note)
    shown = listed(option.words(language) for option in column.options[:SHOWN_OPTIONS])
    if len(column.options) > SHOWN_OPTIONS:
        return _("One of the list, such as %(some)s.") % {"some": shown}
    return _("One of: %(all)s.") % {"all": shown}
