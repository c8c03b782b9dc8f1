"""A bank statement as the bank's program saves it: CSV in UTF-8 or GB18030, headings in three languages.

Pure: bytes in, rows and named problems out. Of money that went out only our payouts are read; the rest is left alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _

from market.common.tables import plain_cell, read_table
from orders.actions.confirm_transfer import StatementRow

MAX_BYTES: Final = 1024 * 1024
MAX_ROWS: Final = 500
NUMBER = re.compile(r"P\d{6}-[0-9A-HJKMNP-TV-Z]{8}")
PAYOUT = re.compile(r"PO\d{6}-[0-9A-HJKMNP-TV-Z]{8}")
LARGEST = Decimal(10) ** 12
HEADINGS: Final = {
    "row_id": ("交易流水号", "流水号", "银行流水号", "transaction id", "row id", "номер операции"),
    "booked_on": ("交易日期", "记账日期", "日期", "date", "booked on", "дата"),
    "payer": ("对方户名", "付款方", "付款人", "payer", "плательщик"),
    "amount": ("贷方发生额", "收入金额", "收入", "金额", "credit", "amount", "сумма"),
    "reference": ("附言", "摘要", "用途", "reference", "назначение"),
    "currency": ("币种", "currency", "валюта"),
    "paid_out": ("借方发生额", "支出金额", "支出", "debit", "расход"),
}
OPTIONAL = frozenset({"currency", "payer", "paid_out"})
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")


@dataclass(frozen=True)
class StatementLine:
    """`line` is the line of the file, as a spreadsheet numbers it."""

    line: int
    row: StatementRow


@dataclass(frozen=True)
class PaidOut:
    """A line by which one of our payouts left; `amount` above zero."""

    line: int
    row_id: str
    number: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Problem:
    line: int
    reason: str


@dataclass
class Statement:
    """`going_out` counts lines that are no money in and none of our payouts."""

    paid_out: list[PaidOut] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    going_out: int = 0


def read_statement(raw: bytes) -> Statement:
    """Every line is either a row, a payout, a problem with its line and reason, or other money going out. Raises
    UnreadableTableError."""
    lines = read_table(raw, HEADINGS, optional=OPTIONAL, most_bytes=MAX_BYTES, most_rows=MAX_ROWS)
    statement, seen = Statement(), dict[str, StatementLine]()
    for line in lines:
        try:
            row = _row(line.cells)
            paid_out = _paid_out(line.number, line.cells) if row is None else None
        except ValueError as error:
            statement.problems.append(Problem(line.number, str(error)))
            continue
        if paid_out is not None:
            statement.paid_out.append(paid_out)
        elif row is None:
            statement.going_out += 1
        elif row.row_id not in seen:
            seen[row.row_id] = StatementLine(line.number, row)
            statement.lines.append(seen[row.row_id])
        elif seen[row.row_id].row != row:
            reason = _("The same bank number as line %(line)s, but not the same movement.")
            statement.problems.append(Problem(line.number, reason % {"line": seen[row.row_id].line}))
    return statement


def _row(cells: Mapping[str, str]) -> StatementRow | None:
    amount = _amount(cells["amount"])
    if amount is None:
        return None
    reference = plain_cell(cells["reference"])
    number = _number_in(reference, NUMBER) or _number_in(reference, PAYOUT)
    return StatementRow(
        row_id=_row_id(cells),
        reference=number or reference[:60],
        payer=plain_cell(cells.get("payer", ""))[:120],
        amount=amount,
        currency=_currency(cells.get("currency", "")),
        booked_on=_day(cells["booked_on"]),
    )


def _paid_out(line: int, cells: Mapping[str, str]) -> PaidOut | None:
    """Banks write what left in a column of its own, or below zero in the only one."""
    number = _number_in(plain_cell(cells["reference"]), PAYOUT)
    if not number:
        return None
    amount = _amount(cells.get("paid_out", "")) or _amount(plain_cell(cells["amount"]).lstrip("-−"))
    if amount is None:
        return None
    return PaidOut(line, _row_id(cells), number, amount, _currency(cells.get("currency", "")))


def _row_id(cells: Mapping[str, str]) -> str:
    row_id = plain_cell(cells["row_id"])
    if not row_id or len(row_id) > 80:
        raise ValueError(_("The bank's number of the movement is missing or too long."))
    return row_id


def _number_in(reference: str, kind: re.Pattern[str]) -> str:
    """People type blanks and small letters."""
    found = kind.search("".join(reference.split()).upper())
    return found[0] if found else ""


def _amount(cell: str) -> Decimal | None:
    """None: nothing came in on this line."""
    text = plain_cell(cell).replace(",", "").replace("¥", "").replace(" ", "")
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
    text = plain_cell(cell).upper()
    known = {"": "CNY", "人民币": "CNY", "人民币元": "CNY", "RMB": "CNY", "元": "CNY"}
    code = known.get(text, text)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(_("“%(text)s” is no currency.") % {"text": cell[:40]})
    return code


def _day(cell: str) -> date:
    text = plain_cell(cell).split(" ")[0]
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day of the bank, without a zone
        except ValueError:
            continue
    raise ValueError(_("“%(text)s” is no date, such as 2026-11-24.") % {"text": cell[:40]})
