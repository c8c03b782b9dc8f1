"""The rows of a worksheet, straight out of its XML: as many times faster than through objects of rows and cells as an
import has to be (bench/import_figures.py), in the memory of one piece. ECMA-376, part 1, 18.3 and 18.4."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from xml.parsers import expat

from openpyxl.utils.datetime import from_excel

from catalog.imports.cells import DAY, EMPTY, FORMULA, LONGEST, YES_NO, Cell, cell_of
from catalog.imports.files import BLOCK

_COLUMN = re.compile(r"[A-Z]{1,3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
RawRow = tuple[int, Sequence[Cell]]


@dataclass(frozen=True)
class Meaning:
    """What cells refer to: texts by place, styles whose numbers are days, the day they are counted from."""

    strings: Sequence[str]
    date_styles: Collection[int]
    epoch: datetime


def read_strings(part: IO[bytes]) -> list[str]:
    """The shared texts of a workbook in their order, without what is written above them to be read aloud."""
    reader = _Strings()
    _feed(reader, part)
    return reader.found


def read_rows(part: IO[bytes], meaning: Meaning, columns: int) -> Iterator[RawRow]:
    """(number, cells) of the rows that have any, at most so many columns wide; a row ends with its last cell."""
    reader = _Rows(meaning, columns)
    parser = _parser(reader)
    while block := part.read(BLOCK):
        parser.Parse(block)
        yield from reader.finished
        reader.finished.clear()
    parser.Parse(b"", True)


class _Reader:
    """Collects the text of elements that `opened` says are wanted."""

    def __init__(self) -> None:
        self.text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def taken(self) -> str:
        text = "".join(self.text or ())
        self.text = None
        return text


def _parser(reader: _Reader) -> Any:
    parser = expat.ParserCreate(namespace_separator="}")  # names arrive as `address}name`
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: reader.start(name.rpartition("}")[2], attributes)
    parser.EndElementHandler = lambda name: reader.end(name.rpartition("}")[2])
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _refuse_declarations
    return parser


def _refuse_declarations(*_declared: object) -> None:
    """What makes XML grow is declared there, and no spreadsheet program writes one."""
    raise ValueError("declarations in XML")


def _feed(reader: _Reader, part: IO[bytes]) -> None:
    parser = _parser(reader)
    while block := part.read(BLOCK):
        parser.Parse(block)
    parser.Parse(b"", True)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _Strings(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._is_aloud = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._is_aloud = True
        elif name == "t" and not self._is_aloud:
            self.text = []

    def end(self, name: str) -> None:
        if name == "t" and self.text is not None:
            self._pieces.append(self.taken())
        elif name == "rPh":
            self._is_aloud = False
        elif name == "si":
            self.found.append(_plain("".join(self._pieces))[:LONGEST])


class _Rows(_Reader):
    def __init__(self, meaning: Meaning, columns: int) -> None:
        super().__init__()
        self.finished: list[RawRow] = []
        self._meaning, self._columns = meaning, columns
        self._number = self._column = 0
        self._cells: list[Cell] = []
        self._kind = self._style = self._value = self._formula = ""
        self._is_aloud = False
        self._columns_by_name: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            address = attributes.get("r")
            self._column = self._column_of(address) if address else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value = self._formula = ""
        elif name in ("v", "f") or (name == "t" and not self._is_aloud):
            self.text = []
        elif name == "row":
            self._number = int(attributes.get("r") or self._number + 1)
            self._cells, self._column = [], 0
        elif name == "rPh":
            self._is_aloud = True

    def end(self, name: str) -> None:
        if name == "v":
            self._value = self.taken()
        elif name == "c":
            self._end_cell()
        elif name == "t" and self.text is not None:
            self._value += self.taken()
        elif name == "f":
            self._formula = self.taken() or "="
        elif name == "rPh":
            self._is_aloud = False
        elif name == "row" and self._cells:
            self.finished.append((self._number, self._cells))

    def _column_of(self, address: str) -> int:
        """Counted from 1."""
        found = _COLUMN.match(address)
        letters = found[0] if found else ""
        if letters not in self._columns_by_name:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            self._columns_by_name[letters] = number
        return self._columns_by_name[letters]

    def _end_cell(self) -> None:
        if not 0 < self._column <= self._columns:
            return
        cell = self._cell()
        if cell is EMPTY:
            return
        cells, place = self._cells, self._column - 1
        if place == len(cells):
            cells.append(cell)
        elif place > len(cells):
            cells.extend([EMPTY] * (place - len(cells)))
            cells.append(cell)
        else:
            cells[place] = cell

    def _cell(self) -> Cell:
        value, kind = self._value, self._kind
        if not value:
            return Cell(f"={self._formula.lstrip('=')}"[:200], FORMULA) if self._formula else EMPTY
        if kind == "s":
            return cell_of(self._meaning.strings[int(value)])
        if kind == "n":
            number = int(value) if value.isdigit() and len(value) < 16 else float(value)
            if self._style and int(self._style) in self._meaning.date_styles:
                return cell_of(from_excel(number, self._meaning.epoch))
            return cell_of(number)
        if kind == "b":
            return Cell("no" if value == "0" else "yes", YES_NO)
        if kind == "d":
            return Cell(value[:40], DAY)
        return cell_of(_plain(value))
