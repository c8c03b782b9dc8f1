"""An Excel workbook row by row, as openpyxl reads it, without unpacking it as a whole."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice, repeat
from typing import Any
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from catalog.imports.cells import EMPTY, FORMULA, Cell, RawRow, cell_of
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_COLUMNS, blocks

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
MOST_MERGED = 5_000
LAST_ROW = 1_048_576  # of a sheet (ECMA-376); a file may name any, and openpyxl makes up those before it
# What openpyxl and the XML below it raise on a file that lies about itself.
_DAMAGES = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,
    OSError,
    EOFError,
    OverflowError,
    ExpatError,
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class _Facts:
    """Of a sheet, looked up before it is read: whether it has formulas; (row, column) of each cell merged downwards but
    the first -> row of the first."""

    has_formulas: bool
    merged: Mapping[tuple[int, int], int]


@contextmanager
def _readable() -> Iterator[None]:
    """What a damaged workbook raises, in words."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _DAMAGES as error:
        raise UnreadableFile(
            reason=_("This is no Excel workbook (.xlsx), or it is damaged: save it once more.")
        ) from error


class GivenWorkbook:
    """`shown` and `hidden`: names of the sheets with cells. Everything raises UnreadableFile where it is damaged."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        with _readable():
            self._book = self._opened(data_only=True)
            sheets = self._book.worksheets
            self.shown = [sheet.title for sheet in sheets if sheet.sheet_state == "visible"]
            self.hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]

    def _opened(self, *, data_only: bool) -> Any:
        return load_workbook(BytesIO(self._raw), read_only=True, data_only=data_only, keep_links=False)

    def rows(self, name: str, *, most: int | None = None, columns: int = MOST_COLUMNS) -> Iterator[RawRow]:
        """(number, cells) of each row that has any, so many columns wide. A cell merged downwards says the same in all
        its rows. A formula gives the value it had when the workbook was saved."""
        with _readable():
            sheet = self._book[name]
            facts = self._facts(sheet)
            formulas: Iterator[Sequence[Any]] = repeat(())
            if facts.has_formulas:
                formulas = _values(self._opened(data_only=False)[name], columns)
            pairs = islice(zip(_values(sheet, columns), formulas, strict=False), LAST_ROW)
            numbered = enumerate(pairs, start=1)
            found = ((number, _cells(values, texts)) for number, (values, texts) in numbered)
            rows = islice(((number, cells) for number, cells in found if cells), most)
            yield from _filled(rows, facts.merged) if facts.merged else rows

    def _facts(self, sheet: Any) -> _Facts:
        has_formulas, merged = False, dict[tuple[int, int], int]()
        with zipfile.ZipFile(BytesIO(self._raw)) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
            for block in blocks(part):
                has_formulas = has_formulas or _FORMULA.search(block) is not None
                for ref in _MERGED.findall(block) if b"mergeCell " in block else ():
                    if len(merged) < MOST_MERGED:
                        left, top, _right, bottom = (number or 1 for number in range_boundaries(ref.decode()))
                        merged |= {(row, left): top for row in range(top + 1, min(bottom, top + MOST_MERGED) + 1)}
        return _Facts(has_formulas, merged)


def _values(sheet: Any, columns: int) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # what a program wrote there may be wrong
    return iter(sheet.iter_rows(max_col=columns, values_only=True))


def _cells(values: Sequence[Any], formulas: Sequence[Any]) -> list[Cell]:
    """Up to the last that is not empty."""
    cells = [EMPTY if value is None else cell_of(value) for value in values]
    for place, formula in enumerate(formulas):
        if formula is not None and values[place] is None:
            cells[place] = Cell(str(getattr(formula, "text", formula) or "=")[:200], FORMULA)
    while cells and cells[-1] is EMPTY:
        cells.pop()
    return cells


def _filled(rows: Iterator[RawRow], merged: Mapping[tuple[int, int], int]) -> Iterator[RawRow]:
    firsts = {(first, column) for (_row, column), first in merged.items()}
    held: dict[tuple[int, int], Cell] = {}
    for number, given in rows:
        cells = list(given)
        for first, column in firsts:
            if first == number and column <= len(cells):
                held[(first, column)] = cells[column - 1]
            if merged.get((number, column)) == first and (column > len(cells) or cells[column - 1] is EMPTY):
                cells += [EMPTY] * (column - len(cells))
                cells[column - 1] = held.get((first, column), EMPTY)
        yield number, cells
