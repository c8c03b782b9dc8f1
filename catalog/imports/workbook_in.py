"""An Excel workbook row by row: in order, without what is hidden, without unpacking it as a whole."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice, repeat
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from catalog.imports.cells import FORMULA, Cell, cell_of
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_COLUMNS, blocks

_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
MOST_MERGED = 5_000
RawRow = tuple[int, Sequence[Cell]]
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
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class Facts:
    """Of a sheet, looked up before it is read: whether it has formulas; of cells merged downwards (row, column) of each
    but the first -> row of the first."""

    has_formulas: bool
    merged: Mapping[tuple[int, int], int]


@contextmanager
def readable_workbook() -> Iterator[None]:
    """What a damaged workbook raises, in words."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _DAMAGES as error:
        raise UnreadableFile(
            reason=_("This is no Excel workbook (.xlsx), or it is damaged: save it once more.")
        ) from error


def sheets_of(raw: bytes) -> tuple[list[str], list[str]]:
    """Names of the sheets people see, and of those that are hidden."""
    with readable_workbook(), closing(load_workbook(BytesIO(raw), read_only=True)) as book:
        shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return shown, [sheet.title for sheet in book.worksheets if sheet.title not in shown]


def rows_of_sheet(raw: bytes, name: str, *, most: int | None = None, columns: int = MOST_COLUMNS) -> Iterator[RawRow]:
    """(number, cells) of each row, from the first one on, so many columns wide. A cell merged downwards says the same
    in all its rows. A formula gives the value it had when the workbook was saved."""
    with readable_workbook(), closing(load_workbook(BytesIO(raw), read_only=True, data_only=True)) as book:
        sheet: Any = book[name]
        facts = _facts(raw, str(sheet._worksheet_path))
        formulas: Iterator[tuple[Any, ...]] = repeat(())
        if facts.has_formulas:
            written = load_workbook(BytesIO(raw), read_only=True)[name]
            formulas = _values(written, columns)
        held: dict[tuple[int, int], Cell] = {}
        lasts = {(first, column) for (_row, column), first in facts.merged.items()}
        rows = zip(_values(sheet, columns), formulas, strict=False)
        for number, (values, texts) in enumerate(islice(rows, most), start=1):
            cells = [cell_of(value) for value in values]
            for place, text in enumerate(texts):
                if text is not None and values[place] is None:
                    cells[place] = Cell(str(getattr(text, "text", text) or "=")[:200], FORMULA)
            if facts.merged:
                for place, cell in enumerate(cells):
                    first = facts.merged.get((number, place + 1))
                    if first is not None and not cell.text:
                        cells[place] = held.get((first, place + 1), cell)
                    elif (number, place + 1) in lasts:
                        held[(number, place + 1)] = cell
            yield number, cells


def _values(sheet: Any, columns: int) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a program wrote there may be wrong
    return iter(sheet.iter_rows(max_col=columns, values_only=True))


def _facts(raw: bytes, path: str) -> Facts:
    has_formulas, merged = False, dict[tuple[int, int], int]()
    with zipfile.ZipFile(BytesIO(raw)) as archive, archive.open(path.lstrip("/")) as part:
        for block in blocks(part):
            has_formulas = has_formulas or _FORMULA.search(block) is not None
            for ref in _MERGED.findall(block):
                if len(merged) < MOST_MERGED:
                    left, top, _right, bottom = (number or 1 for number in range_boundaries(ref.decode()))
                    merged |= {(row, left): top for row in range(top + 1, min(bottom, top + MOST_MERGED) + 1)}
    return Facts(has_formulas, merged)
