"""An Excel workbook row by row: what openpyxl knows of it as a whole (sheets, styles, the days dates are counted from),
and the rows of a sheet as `sheet_in` reads them."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import Any
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import SHARED_STRINGS

from catalog.imports.cells import EMPTY, Cell
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_COLUMNS, blocks
from catalog.imports.sheet_in import Meaning, RawRow, read_rows, read_strings

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


class GivenWorkbook:
    """`shown` and `hidden`: names of the sheets with cells. Everything raises UnreadableFile where it is damaged."""

    def __init__(self, raw: bytes) -> None:
        with _readable():
            reader: Any = ExcelReader(BytesIO(raw), read_only=True, keep_links=False)
            reader.read_manifest()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            self._archive = reader.archive
            self._meaning = Meaning(self._strings(reader.package), reader.wb._date_formats, reader.wb.epoch)
            sheets = [(sheet, rel.target) for sheet, rel in reader.parser.find_sheets() if "chartsheet" not in rel.Type]
            self._paths = {sheet.name: path for sheet, path in sheets}
            self.shown = [sheet.name for sheet, _path in sheets if sheet.state == "visible"]
            self.hidden = [sheet.name for sheet, _path in sheets if sheet.state != "visible"]

    def _strings(self, package: Any) -> Sequence[str]:
        part_named = package.find(SHARED_STRINGS)
        if part_named is None:
            return []
        with self._archive.open(part_named.PartName.lstrip("/")) as part:
            return read_strings(part)

    def rows(self, name: str, *, most: int | None = None, columns: int = MOST_COLUMNS) -> Iterator[RawRow]:
        """(number, cells) of each row that has any, so many columns wide. A cell merged downwards says the same in all
        its rows. A formula gives the value it had when the workbook was saved."""
        with _readable(), self._archive.open(self._paths[name]) as part:
            rows = islice(read_rows(part, self._meaning, columns), most)
            merged = self._merged(name)
            yield from _filled(rows, merged) if merged else rows

    def _merged(self, name: str) -> Mapping[tuple[int, int], int]:
        """(row, column) of each cell merged downwards but the first -> row of the first."""
        merged: dict[tuple[int, int], int] = {}
        with self._archive.open(self._paths[name]) as part:
            for block in blocks(part):
                for ref in _MERGED.findall(block):
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
