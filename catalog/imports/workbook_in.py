"""An Excel workbook: its sheets, and their rows one by one, without unpacking it as a whole."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import iterparse
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from catalog.imports.cells import EMPTY, Cell, RawRow
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_COLUMNS, blocks
from catalog.imports.sheet_rows import Meanings, sheet_rows

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
MOST_MERGED = 5_000
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


class _Package(ExcelReader):
    """What openpyxl knows of a workbook, without a look into the sheets: one that does not say how large it is would be
    gone through for that alone. `sheets`: title -> (state, path)."""

    sheets: dict[str, tuple[str, str]]

    def read_worksheets(self) -> None:
        found = [(sheet, relation) for sheet, relation in self.parser.find_sheets() if "chart" not in relation.Type]
        names = self.archive.namelist()
        self.sheets = {one.name: (str(one.state), where.target) for one, where in found if where.target in names}

    def read_strings(self) -> None:
        """As theirs, without an object for each piece of each text."""
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = list(_shared_strings(source))


def _shared_strings(source: IO[bytes]) -> Iterator[str]:
    item, text, run = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "t", "r"))
    for _event, element in iterparse(source):  # noqa: S314 - `kind_of` has refused declarations
        if element.tag == item:
            pieces = [element.findtext(text), *(part.findtext(text) for part in element.findall(run))]
            yield "".join(filter(None, pieces)).replace("x005F_", "")
            element.clear()


class GivenWorkbook:
    """`shown` and `hidden`: names of the sheets with cells. Everything raises UnreadableFile where it is damaged."""

    def __init__(self, raw: bytes) -> None:
        with _readable():
            self._package = _Package(BytesIO(raw), read_only=True, data_only=True, keep_links=False)
            self._package.read()
            book: Any = self._package.wb
            days, spans = frozenset(book._date_formats), frozenset(book._timedelta_formats)
            self._meanings = Meanings(self._package.shared_strings, days, spans, book.epoch)
            sheets = self._package.sheets
            self.shown = [title for title, (state, _path) in sheets.items() if state == "visible"]
            self.hidden = [title for title, (state, _path) in sheets.items() if state != "visible"]

    def rows(self, name: str, *, most: int | None = None, columns: int = MOST_COLUMNS) -> Iterator[RawRow]:
        """(number, cells) of each row that has any, so many columns wide. A cell merged downwards says the same in all
        its rows."""
        _state, path = self._package.sheets[name]
        with _readable():
            merged = self._merged(path)
            with self._package.archive.open(path) as part:
                rows = islice(sheet_rows(part, self._meanings, columns), most)
                yield from _filled(rows, merged) if merged else rows

    def _merged(self, path: str) -> Mapping[tuple[int, int], int]:
        """(row, column) of each cell merged downwards but the first -> row of the first. They stand behind the rows."""
        merged = dict[tuple[int, int], int]()
        with self._package.archive.open(path) as part:
            for block in blocks(part):
                for ref in _MERGED.findall(block) if b"mergeCell " in block else ():
                    if len(merged) < MOST_MERGED:
                        left, top, _right, bottom = (number or 1 for number in range_boundaries(ref.decode()))
                        merged |= {(row, left): top for row in range(top + 1, min(bottom, top + MOST_MERGED) + 1)}
        return merged


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
