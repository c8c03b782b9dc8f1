"""A cell of a table, and what people mean by it. Pure: a cell in, a value or a named reason out."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.common.dates import read_date
from market.common.plain_text import plain_words
from market.common.quantity import LARGEST, fits_places, parse_decimal, plain

# What a cell was, where it was no text: a number, a day, yes or no, a formula or an error in its place.
NUMBER, DAY, YES_NO, FORMULA, ERROR = "n", "d", "b", "f", "e"
_ERRORS: Final = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"))
_SIGNS = str.maketrans("", "", "¥$€₽元")
_MONTHS = re.compile(r"(\d{1,2})(?:\s*[-–—~至到]\s*(\d{1,2}))?\s*月?")
LONGEST = 10_000  # signs of a cell that are kept
_UNREADABLE: Final[dict[str, str | Promise]] = {
    FORMULA: _("the cell holds a formula that was never calculated: copy it and paste its value"),
    ERROR: _("the cell holds an error instead of a value"),
}


class BadCell(ValueError):
    """The cell cannot be what its column needs; the text says why."""


class Cell(NamedTuple):
    """`text`: as a person would read it, numbers with a point and no grouping, days as 2026-10-03."""

    text: str
    kind: str = ""

    def stored(self) -> Any:
        return [self.kind, self.text] if self.kind else self.text


EMPTY: Final = Cell("")
RawRow = tuple[int, Sequence[Cell]]


def cell_from(stored: Any) -> Cell:
    if not stored:
        return EMPTY
    return Cell(stored) if isinstance(stored, str) else Cell(stored[1], stored[0])


def cell_of(value: Any) -> Cell:
    """What a workbook gives for a cell. Numbers have the fifteen digits that spreadsheets work with."""
    if value is None:
        return EMPTY
    if isinstance(value, str):
        text = value[:LONGEST].strip()
        return Cell(text, ERROR) if text in _ERRORS else Cell(text) if text else EMPTY
    if isinstance(value, bool):
        return Cell("yes" if value else "no", YES_NO)
    if isinstance(value, int | float):
        return Cell(_digits(value), NUMBER)
    if isinstance(value, datetime | date | time):
        day = value.date() if isinstance(value, datetime) and value.time() == time() else value
        return Cell(day.isoformat(), DAY)
    return Cell(str(value), DAY if isinstance(value, timedelta) else ERROR)


def _digits(value: float) -> str:
    text = plain(Decimal(format(value, ".15g")))
    return "0" if text == "-0" else text


def readable(cell: Cell) -> Cell:
    """Raises BadCell for a formula without a value, or an error."""
    if cell.kind in _UNREADABLE:
        raise BadCell(str(_UNREADABLE[cell.kind]))
    return cell


def text_of(cell: Cell, most: int) -> str:
    """A text of one or many lines, without what nobody can see."""
    text = plain_words(readable(cell).text)
    if len(text) > most:
        raise BadCell(_("at most %(most)s characters; there are %(given)s") % {"most": most, "given": len(text)})
    return text


def code_of(cell: Cell, most: int) -> str:
    """A code: one line of narrow signs."""
    if readable(cell).kind == DAY:
        raise BadCell(_("your program made a date of it: format the column as text and write it again"))
    text = " ".join(unicodedata.normalize("NFKC", text_of(cell, LONGEST)).split())
    if len(text) > most:
        raise BadCell(_("at most %(most)s characters; there are %(given)s") % {"most": most, "given": len(text)})
    return text


@lru_cache(maxsize=10_000)
def number_of(cell: Cell, places: int, language: str) -> Decimal:
    """A number cell as it is, text as people of this language write numbers: full-width digits, either separator, a
    sign of money. Most weights and prices are one of few, and the run asks what the check has asked."""
    if readable(cell).kind == NUMBER:
        number: Decimal | None = Decimal(cell.text)
    elif cell.kind:
        number = None
    else:
        number = parse_decimal(unicodedata.normalize("NFKC", cell.text[:60]).translate(_SIGNS), language)
    if number is None:
        raise BadCell(_("this is no number"))
    if abs(number) >= LARGEST:
        raise BadCell(_("this number is too large"))
    if not fits_places(number, places):
        raise BadCell(_("at most %(places)s decimal places") % {"places": places})
    return number


def months_of(cell: Cell) -> list[int]:
    """`9, 10`, `9-11`, `11-2` over the turn of the year, `9月、10月`."""
    if readable(cell).kind == DAY:
        raise BadCell(_("your program made a date of it: format the column as text and write it again"))
    return list(_months_of(cell.text))


@lru_cache(maxsize=1_000)
def _months_of(written: str) -> tuple[int, ...]:
    """Most seasons are one of few."""
    text = unicodedata.normalize("NFKC", written).replace("、", ",").replace(";", ",").replace(".", ",")
    found: set[int] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _MONTHS.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not (1 <= first <= 12 and 1 <= last <= 12):
            raise BadCell(_("months are numbers from 1 to 12"))
        found.update(range(first, last + 1) if first <= last else [*range(first, 13), *range(1, last + 1)])
    return tuple(sorted(found))


def day_of(cell: Cell) -> date:
    """A day of this century, as a program keeps it or as people write one."""
    day = read_date(readable(cell).text[:10] if cell.kind == DAY else cell.text[:30])
    if day is None or not 2000 <= day.year <= 2100:
        raise BadCell(_("this is no date, such as 2026-10-03"))
    return day


def folded(text: str) -> str:
    """What two ways of writing one word have in common."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def code_key(text: str) -> str:
    """The same for a code in either case, however wide its signs."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
