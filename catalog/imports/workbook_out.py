"""A workbook as people fill it in: headings with notes, drop-down lists of what is allowed, rows of typed cells.
Written row by row, so that ten thousand need no more memory than ten. Nothing in it is ever a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from catalog.imports.columns import Column
from catalog.imports.files import MOST_ROWS
from catalog.imports.said import hint_of

HEAD, NEEDED, RED = (PatternFill("solid", start_color=color) for color in ("E8EEE4", "CFE3C0", "FFC7CE"))
BOLD: Final = Font(bold=True)
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
LISTS, AUTHOR = "lists", "Tuanji"
TEXT_FORMAT = "@"
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula once somebody edits it


@dataclass(frozen=True)
class Value:
    """What a cell gets: text or number, red with a comment where something is wrong."""

    value: str | Decimal | None
    is_wrong: bool = False
    comment: str = ""


class Book:
    """`columns` None where a heading is not ours; `headings` replace the columns' own."""

    def __init__(self, title: str, columns: Sequence[Column | None], headings: Sequence[str], language: str) -> None:
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(title[:31])
        self._columns = columns
        self._language = language
        self._sheet.freeze_panes = "B2"
        for place, column in enumerate(columns, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = column.width if column else 14
        self._offer_lists()
        self._sheet.append([self._heading(*pair) for pair in zip(columns, headings, strict=True)])

    def append(self, values: Iterable[Value]) -> None:
        columns = self._columns
        self._sheet.append([self._cell(value, columns[place]) for place, value in enumerate(values)])

    def saved(self) -> bytes:
        self._write_lists()
        file = BytesIO()
        self._book.save(file)
        return file.getvalue()

    def _heading(self, column: Column | None, heading: str) -> Any:
        cell = self._text(heading)
        cell.font, cell.alignment = BOLD, WRAPPED
        if column is not None:
            cell.fill = NEEDED if column.is_needed else HEAD
            cell.comment = _comment(hint_of(column, self._language))
            if column.options and str(column.note) not in cell.comment.text:
                cell.comment = _comment(f"{column.note}\n{cell.comment.text}")
        return cell

    def _cell(self, value: Value, column: Column | None) -> Any:
        if not value.is_wrong and not (column and column.is_text) and not _is_risky(value.value):
            return value.value  # no object of a cell where none is needed: there are hundreds of thousands
        if isinstance(value.value, Decimal) and not (column and column.is_text):
            cell: Any = WriteOnlyCell(self._sheet)
            cell.value = value.value
        else:
            cell = self._text("" if value.value is None else str(value.value))
            if column is not None and column.is_text:
                cell.number_format = TEXT_FORMAT
        if value.is_wrong:
            cell.fill = RED
        if value.comment:
            cell.comment = _comment(value.comment)
        return cell

    def _text(self, text: str) -> Any:
        cell: Any = WriteOnlyCell(self._sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
        if _is_risky(text):
            cell.data_type, cell.quotePrefix = "s", True
        return cell

    def _offer_lists(self) -> None:
        for place, column in enumerate(self._columns, start=1):
            if column is None or not column.options:
                continue
            letter, lists = get_column_letter(place), get_column_letter(place)
            offer = DataValidation(
                type="list", formula1=f"{LISTS}!${lists}$1:${lists}${len(column.options)}", allow_blank=True
            )
            offer.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            self._sheet.data_validations.append(offer)

    def _write_lists(self) -> None:
        """Each list in the column of its own place, on a sheet nobody needs to see."""
        lists: Any = self._book.create_sheet(LISTS)
        lists.sheet_state = "hidden"
        offered = [[one.words(self._language) for one in column.options] if column else [] for column in self._columns]
        for place in range(max(map(len, offered), default=0)):
            lists.append([self._text(words[place]) if place < len(words) else None for words in offered])


def _is_risky(value: object) -> bool:
    return isinstance(value, str) and (value.startswith(_RISKY) or ILLEGAL_CHARACTERS_RE.search(value) is not None)


def _comment(text: str) -> Comment:
    return Comment(text[:1_000], AUTHOR, height=30 + 18 * (1 + len(text) // 32), width=280)
