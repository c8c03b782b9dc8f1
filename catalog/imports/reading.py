"""A handed-in file, of either kind, as a layout and the rows below its headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalog.imports.cells import RawRow, cell_of
from catalog.imports.columns import Column
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_ROWS, XLSX, kind_of
from catalog.imports.layout import HEADINGS_WITHIN, Layout, find_headings
from catalog.imports.workbook_in import GivenWorkbook
from market.common.languages import listed
from market.common.tables import UnreadableTableError, csv_rows, csv_ways

_QUOTED = re.compile(r'^="([^"]*)"$')


@dataclass
class Table:
    """`rows` can be gone through once: those below the headings that are not empty. Raises UnreadableFile on the way
    when they are too many."""

    layout: Layout
    rows: Iterator[RawRow]
    remarks: list[str] = field(default_factory=list)


def open_table(raw: bytes, columns: Sequence[Column]) -> Table:
    """Raises UnreadableFile: no table, or none with our headings."""
    if kind_of(raw) == XLSX:
        return _open_workbook(raw, columns)
    try:
        for way in csv_ways(raw):
            found = find_headings(_csv(raw, *way, HEADINGS_WITHIN), columns)
            if found is not None:
                return _table(found, _csv(raw, *way, None))
    except UnreadableTableError as error:
        raise UnreadableFile(reason=str(error)) from error
    raise _no_headings(columns)


def _csv(raw: bytes, encoding: str, delimiter: str, most: int | None) -> Iterator[RawRow]:
    """Programs write `="0123"`, or a tab, to keep a spreadsheet from taking a code for a number."""
    try:
        for number, cells in csv_rows(raw.decode(encoding), delimiter, most):
            texts = [_QUOTED.sub(r"\1", cell.strip()) for cell in cells]
            yield number, [cell_of(text) for text in texts]
    except UnreadableTableError as error:
        raise UnreadableFile(reason=str(error)) from error


def _open_workbook(raw: bytes, columns: Sequence[Column]) -> Table:
    """The first sheet people see that has our headings; others are named and left alone."""
    book = GivenWorkbook(raw)
    for name in book.shown:
        found = find_headings(book.rows(name, most=HEADINGS_WITHIN), columns)
        if found is not None:
            table = _table(found, book.rows(name, columns=len(found[1].columns)))
            others = [other for other in book.shown if other != name]
            if others:
                table.remarks.append(_("These sheets were not read: %(names)s.") % {"names": listed(others[:20])})
            return table
    if book.hidden and not book.shown:
        raise UnreadableFile(reason=_("All sheets of this workbook are hidden: show the one with the products."))
    raise _no_headings(columns)


def _table(found: tuple[int, Layout], rows: Iterator[RawRow]) -> Table:
    head, layout = found
    return Table(layout, _below(rows, head), list(layout.remarks))


def _below(rows: Iterator[RawRow], head: int) -> Iterator[RawRow]:
    count = 0
    for number, cells in rows:
        if number > head and any(cell.text for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise UnreadableFile(reason=_("More than %(most)s rows: please split the table.") % {"most": MOST_ROWS})
            yield number, cells


def _no_headings(columns: Sequence[Column]) -> UnreadableFile:
    needed = listed(titles[0] for titles in (columns[0].titles, columns[1].titles))
    return UnreadableFile(
        reason=_(
            "No row with our headings was found, such as %(needed)s. Please use the table from this page, or name the"
            " columns as it does."
        )
        % {"needed": needed}
    )
