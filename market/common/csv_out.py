"""A table for people's spreadsheets: CSV in UTF-8 with BOM, nothing of which is run as a formula (ui.md, 7.5)."""

import csv
import io
from collections.abc import Iterable, Sequence

RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def write_table(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([str(heading) for heading in headings])
    writer.writerows([safe_cell(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe_cell(cell: str) -> str:
    """Text a spreadsheet would run as a formula is made text, in wide signs too, which Chinese ones read as narrow. A
    number below zero stays one, and so does a long one behind a tab, which keeps a spreadsheet from rounding it."""
    mark, rest = cell[:1], cell[1:]
    is_number = (mark == "-" and rest.replace(".", "", 1).isdigit()) or (mark == "\t" and rest.isalnum())
    return f"'{cell}" if cell.startswith(RISKY) and not is_number else cell
