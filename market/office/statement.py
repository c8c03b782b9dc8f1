"""A bank statement as the bank's program saves it: CSV in UTF-8 or GB18030, headings in three languages.

Pure: bytes in, rows and named problems out. Money that went out is left alone.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _

from market.common.languages import listed
from orders.actions.confirm_transfer import StatementRow

MAX_BYTES: Final = 1024 * 1024
MAX_ROWS: Final = 500
NUMBER = re.compile(r"P\d{6}-[0-9A-HJKMNP-TV-Z]{8}")
LARGEST = Decimal(10) ** 12
HEADINGS: Final = {
    "row_id": ("交易流水号", "流水号", "银行流水号", "transaction id", "row id", "номер операции"),
    "booked_on": ("交易日期", "记账日期", "日期", "date", "booked on", "дата"),
    "payer": ("对方户名", "付款方", "付款人", "payer", "плательщик"),
    "amount": ("贷方发生额", "收入金额", "收入", "金额", "credit", "amount", "сумма"),
    "reference": ("附言", "摘要", "用途", "reference", "назначение"),
    "currency": ("币种", "currency", "валюта"),
}
OPTIONAL = frozenset({"currency", "payer"})
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")


@dataclass(frozen=True)
class StatementLine:
    """`line` is the line of the file, as a spreadsheet numbers it."""

    line: int
    row: StatementRow


@dataclass(frozen=True)
class Problem:
    line: int
    reason: str


@dataclass
class Statement:
    """`going_out` counts lines that are no money in."""

    lines: list[StatementLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    going_out: int = 0


class UnreadableStatementError(ValueError):
    """The whole file cannot be read; the text says why."""


def read_statement(raw: bytes) -> Statement:
    """Every line is either a row, a problem with its line and reason, or money going out. Raises
    UnreadableStatementError."""
    numbered = _cells(_text(raw))
    head, columns = _columns(numbered)
    body = [(number, cells) for number, cells in numbered if number > head and any(cell.strip() for cell in cells)]
    if len(body) > MAX_ROWS:
        raise UnreadableStatementError(_("More than %(most)s lines: please split the file.") % {"most": MAX_ROWS})
    statement, seen = Statement(), {}
    for number, cells in body:
        try:
            row = _row({name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()})
        except ValueError as error:
            statement.problems.append(Problem(number, str(error)))
            continue
        if row is None:
            statement.going_out += 1
        elif row.row_id not in seen:
            seen[row.row_id] = StatementLine(number, row)
            statement.lines.append(seen[row.row_id])
        elif seen[row.row_id].row != row:
            reason = _("The same bank number as line %(line)s, but not the same movement.")
            statement.problems.append(Problem(number, reason % {"line": seen[row.row_id].line}))
    return statement


def _text(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise UnreadableStatementError(_("The file is larger than 1 MB."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableStatementError(_("This is no CSV file in UTF-8 or GB18030. Please save the statement as CSV."))


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """With the number of the line each row ends on, as a spreadsheet or an editor counts."""
    delimiter = max(",;\t", key=text[:4000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise UnreadableStatementError(
            _("This is no CSV file in UTF-8 or GB18030. Please save the statement as CSV.")
        ) from error


def _columns(numbered: list[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    """The line of the headings (banks put notes above it) and where each column stands."""
    for number, cells in numbered[:20]:
        names = [_plain(cell).casefold() for cell in cells]
        found = {
            key: names.index(heading)
            for key, headings in HEADINGS.items()
            for heading in headings[::-1]
            if heading in names
        }
        if set(HEADINGS) - OPTIONAL <= set(found):
            return number, found
    needed = listed(HEADINGS[key][0] for key in HEADINGS if key not in OPTIONAL)
    raise UnreadableStatementError(_("No line with the headings %(needed)s was found.") % {"needed": needed})


def _row(cells: dict[str, str]) -> StatementRow | None:
    amount = _amount(cells["amount"])
    if amount is None:
        return None
    row_id = _plain(cells["row_id"])
    if not row_id or len(row_id) > 80:
        raise ValueError(_("The bank's number of the movement is missing or too long."))
    reference = _plain(cells["reference"])
    number = NUMBER.search("".join(reference.split()).upper())
    return StatementRow(
        row_id=row_id,
        reference=number[0] if number else reference[:60],
        payer=_plain(cells.get("payer", ""))[:120],
        amount=amount,
        currency=_currency(cells.get("currency", "")),
        booked_on=_day(cells["booked_on"]),
    )


def _plain(text: str) -> str:
    """Full-width signs become plain ones; tabs that keep a spreadsheet from rounding long numbers go."""
    return unicodedata.normalize("NFKC", text).strip().strip("'\t")


def _amount(cell: str) -> Decimal | None:
    """None: nothing came in on this line."""
    text = _plain(cell).replace(",", "").replace("¥", "").replace(" ", "")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(_("“%(text)s” is no amount.") % {"text": cell[:40]}) from error
    if not amount.is_finite() or abs(amount) >= LARGEST or amount != round(amount, 2):
        raise ValueError(_("“%(text)s” is no amount.") % {"text": cell[:40]})
    return amount if amount > 0 else None


def _currency(cell: str) -> str:
    text = _plain(cell).upper()
    known = {"": "CNY", "人民币": "CNY", "人民币元": "CNY", "RMB": "CNY", "元": "CNY"}
    code = known.get(text, text)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(_("“%(text)s” is no currency.") % {"text": cell[:40]})
    return code


def _day(cell: str) -> date:
    text = _plain(cell).split(" ")[0]
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day of the bank, without a zone
        except ValueError:
            continue
    raise ValueError(_("“%(text)s” is no date, such as 2026-11-24.") % {"text": cell[:40]})
