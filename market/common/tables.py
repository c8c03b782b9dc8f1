"""CSV files as people's programs save them: UTF-8, GB18030 or Windows-1251; comma, semicolon or tab; headings in any of
three languages, found by name. Pure: bytes in, cells by heading out."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.languages import listed

ENCODINGS = ("utf-8-sig", "gb18030", "cp1251")
HEADINGS_WITHIN = 20  # lines: banks put notes above them
_NO_TABLE = gettext_lazy("This is no CSV file in UTF-8 or GB18030. Please save the table as CSV.")


class UnreadableTableError(ValueError):
    """The whole file cannot be read; the text says why, and what to do."""


@dataclass(frozen=True)
class Line:
    """`number` is the line of the file, as a spreadsheet or an editor counts; `cells` by heading, empty where none."""

    number: int
    cells: Mapping[str, str]


def read_table(
    raw: bytes, headings: Mapping[str, Sequence[str]], *, optional: Collection[str], most_bytes: int, most_rows: int
) -> list[Line]:
    """Every line that is not blank, below the headings. The encoding and the mark between cells are those under which
    the headings are found. Raises UnreadableTableError."""
    if len(raw) > most_bytes:
        raise UnreadableTableError(_("The file is larger than %(most)s MB.") % {"most": most_bytes // 1024**2})
    for encoding, delimiter in csv_ways(raw):
        text = raw.decode(encoding)
        found = _find(csv_rows(text, delimiter, HEADINGS_WITHIN), headings, optional)
        if found is not None:
            return _lines(csv_rows(text, delimiter, None), *found, most_rows)
    needed = listed(names[0] for key, names in headings.items() if key not in optional)
    raise UnreadableTableError(_("No line with the headings %(needed)s was found.") % {"needed": needed})


def plain_cell(text: str) -> str:
    """Full-width signs become plain ones; what keeps a spreadsheet from rounding long numbers goes (a tab, an
    apostrophe, `="…"`); so do signs nobody sees."""
    text = unicodedata.normalize("NFKC", text).strip().strip("'\t")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return "".join(sign for sign in text if sign.isprintable()).strip()


def csv_ways(raw: bytes) -> Iterable[tuple[str, str]]:
    """Encodings and marks between cells in which the file may be read, the likely ones first. Raises
    UnreadableTableError where it is no text in any."""
    is_text = False
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            is_text = True
            yield from ((encoding, mark) for mark in sorted(",;\t", key=text[:4000].count, reverse=True))
    if not is_text:
        raise UnreadableTableError(_NO_TABLE)


def csv_rows(text: str, delimiter: str, most: int | None) -> list[tuple[int, list[str]]]:
    """(line of the file, cells)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, cells) for cells in islice(reader, most)]
    except csv.Error as error:
        raise UnreadableTableError(_NO_TABLE) from error


def _find(
    rows: Sequence[tuple[int, list[str]]], headings: Mapping[str, Sequence[str]], optional: Collection[str]
) -> tuple[int, dict[str, int]] | None:
    """The line of the headings and where each column stands."""
    for number, cells in rows:
        names = [plain_cell(cell).casefold() for cell in cells]
        found = {
            key: names.index(heading)
            for key, known in headings.items()
            for heading in known[::-1]  # the first one known wins
            if heading in names
        }
        if set(headings) - set(optional) <= set(found):
            return number, found
    return None


def _lines(rows: Sequence[tuple[int, list[str]]], head: int, columns: Mapping[str, int], most_rows: int) -> list[Line]:
    body = [(number, cells) for number, cells in rows if number > head and any(cell.strip() for cell in cells)]
    if len(body) > most_rows:
        raise UnreadableTableError(_("More than %(most)s lines: please split the file.") % {"most": most_rows})
    return [
        Line(number, {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()})
        for number, cells in body
    ]
