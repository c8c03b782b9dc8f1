"""Rows of an Excel sheet, read from its XML a block at a time and made into cells at once. openpyxl, which knows what
else is in a workbook, builds a tree for each cell first: that takes three times as long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import IO, Any, Final
from xml.parsers.expat import ParserCreate

from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

from catalog.imports.cells import EMPTY, ERROR, FORMULA, Cell, RawRow, cell_of

BLOCK: Final = 32 * 1024
LONGEST_FORMULA: Final = 200
_TEXTS: Final = frozenset(("v", "t", "f"))  # value, piece of a text, formula


@dataclass(frozen=True)
class Meanings:
    """What a workbook says about the cells of all its sheets. `days`, `spans`: styles (by number) that show a number as
    a moment, or as a time between two; `epoch`: the moment of nought."""

    texts: list[str]
    days: frozenset[int]
    spans: frozenset[int]
    epoch: datetime


def sheet_rows(part: IO[bytes], meanings: Meanings, columns: int) -> Iterator[RawRow]:
    """(number, cells) of each row that has any, in the order of the numbers, so many columns wide, up to the last cell
    that is not empty. A formula gives the value it had when the workbook was saved."""
    reader = _Reader(meanings, columns)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    last = 0
    while block := part.read(BLOCK):
        parser.Parse(block, False)
        for number, cells in reader.taken():
            if number > last:  # a row that stands twice, or behind later ones, is none
                last = number
                yield number, cells
    parser.Parse(b"", True)


class _Reader:
    """What the parser calls."""

    def __init__(self, meanings: Meanings, columns: int) -> None:
        self._meanings, self._columns = meanings, columns
        self._rows: list[RawRow] = []
        self._number = self._column = 0
        self._cells: list[Cell] = []
        self._attributes: Mapping[str, str] = {}
        self._found: dict[str, str] = {}  # texts of the cell, by element
        self._text: str | None = None
        self._is_aside = False  # how a text is read aloud is no part of it

    def taken(self) -> list[RawRow]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2] if ":" in name else name
        if kind == "c":
            self._attributes, self._found = attributes, {}
            place = attributes.get("r")
            self._column = _column_of(place.rstrip("0123456789")) if place else self._column + 1
        elif kind in _TEXTS:
            self._text = ""
        elif kind == "row":
            number = attributes.get("r")
            self._number = int(float(number)) if number else self._number + 1
            self._column, self._cells = 0, []
        elif kind == "rPh":
            self._is_aside = True

    def text(self, text: str) -> None:
        if self._text is not None:
            self._text += text

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2] if ":" in name else name
        if kind in _TEXTS:
            if not self._is_aside:
                self._found[kind] = self._found.get(kind, "") + (self._text or "")
            self._text = None
        elif kind == "c":
            self._add()
        elif kind == "row":
            if self._cells:
                self._rows.append((self._number, self._cells))
        elif kind == "rPh":
            self._is_aside = False

    def _add(self) -> None:
        cell = self._cell()
        if cell is not EMPTY and 0 < self._column <= self._columns:
            self._cells += [EMPTY] * (self._column - 1 - len(self._cells))
            self._cells[self._column - 1 :] = [cell]

    def _cell(self) -> Cell:
        kind, value = self._attributes.get("t", "n"), self._found.get("v")
        if kind == "inlineStr":
            return cell_of(self._found.get("t"))
        if not value:
            formula = self._found.get("f")
            return EMPTY if formula is None else Cell(f"={formula}"[:LONGEST_FORMULA], FORMULA)
        if kind == "s":
            return cell_of(self._meanings.texts[int(value)])
        if kind == "n":
            style = int(self._attributes.get("s") or 0)
            return self._moment(value, style) if style in self._meanings.days else _number_cell(value)
        if kind == "b":
            return cell_of(bool(int(value)))
        moment: Any = from_ISO8601(value) if kind == "d" else None  # type: ignore[no-untyped-call]
        return cell_of(value if moment is None else moment)

    def _moment(self, value: str, style: int) -> Cell:
        """A number that is no day is shown as an error."""
        try:
            found: Any = from_excel(_number(value), self._meanings.epoch, style in self._meanings.spans)
        except (OverflowError, ValueError):
            return Cell("#VALUE!", ERROR)
        return cell_of(found)


def _number(text: str) -> float:
    return float(text) if "." in text or "E" in text.upper() else int(text)


@lru_cache(maxsize=10_000)
def _number_cell(text: str) -> Cell:
    """Most weights and prices are one of few."""
    return cell_of(_number(text))


@lru_cache(maxsize=1_000)
def _column_of(letters: str) -> int:
    return int(column_index_from_string(letters))
