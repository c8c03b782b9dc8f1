"""A carrier's table into rows that are understood and rows that are not, with the reason and what to do. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _

from market.common.quantity import plain
from market.common.tables import plain_cell, read_table
from orders.inbox.file_words import HEADINGS, OPTIONAL, STATUSES, same_word
from orders.inbox.reports import AHEAD
from orders.shipments.carriers.readings import HIGHEST, LOWEST
from orders.shipments.carriers.values import BEIJING, kilograms
from orders.shipments.models import event_words

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_ROWS: Final = 20_000
BACK: Final = timedelta(days=90)
SHOWN: Final = 40  # signs of a cell that is told back
_TIMES: Final = {".": "%d.%m.%Y %H:%M", "/": "%Y/%m/%d %H:%M", "-": "%Y-%m-%d %H:%M"}  # by what parts the day
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


@dataclass(frozen=True)
class Row:
    """`line` is the line of the file. The rest is what the native format says of one event."""

    line: int
    waybill: str
    status: str
    substatus: str
    flags: tuple[str, ...]
    at: datetime
    place: str = ""
    note: str = ""
    weight_kg: Decimal | None = None
    receiver: str = ""
    celsius: Decimal | None = None
    sensor: str = ""

    @property
    def words(self) -> str:
        return event_words(self.status, self.flags) or (_("temperature measured") if self.celsius is not None else "")

    @cached_property
    def key(self) -> str:
        """The same for the same content, in whichever file and line it stands."""
        weight = "" if self.weight_kg is None else plain(self.weight_kg)
        parts = [self.waybill, self.status, self.substatus, *self.flags, self.at.isoformat(), self.place, self.note]
        parts += [weight, self.receiver]
        if self.celsius is not None:
            parts += [plain(self.celsius), self.sensor]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


@dataclass(frozen=True)
class BadRow:
    line: int
    reason: str


@dataclass(frozen=True)
class Rows:
    """`repeated` counts lines that say the same as an earlier one."""

    good: Sequence[Row]
    bad: Sequence[BadRow]
    repeated: int = 0


def read_rows(raw: bytes, *, now: datetime) -> Rows:
    """Times without a zone are Beijing's; at most 90 days back, never ahead. Raises UnreadableTableError."""
    good, bad, repeated = dict[str, Row](), list[BadRow](), 0
    for line in read_table(raw, HEADINGS, optional=OPTIONAL, most_bytes=MAX_BYTES, most_rows=MAX_ROWS):
        try:
            row = _row(line.number, line.cells, now)
        except ValueError as error:
            bad.append(BadRow(line.number, str(error)))
            continue
        repeated += row.key in good
        good.setdefault(row.key, row)
    return Rows(list(good.values()), bad, repeated)


def _row(line: int, cells: Mapping[str, str], now: datetime) -> Row:
    """Raises ValueError with what is wrong and what to do."""
    plain_cells = {name: plain_cell(cell) for name, cell in cells.items()}
    celsius = _celsius(plain_cells.get("temperature", ""))
    status, substatus, flags = _status(plain_cells["status"], may_be_empty=celsius is not None)
    return Row(
        line,
        _waybill(plain_cells["waybill"]),
        status,
        substatus,
        flags,
        _moment(plain_cells["time"], now),
        place=plain_cells.get("place", "")[:200],
        note=plain_cells.get("note", "")[:400],
        weight_kg=_weight(plain_cells.get("weight", "")),
        receiver=plain_cells.get("receiver", "")[:120] if status == "delivered" else "",
        celsius=celsius,
        sensor=plain_cells.get("sensor", "")[:40] if celsius is not None else "",
    )


def _waybill(cell: str) -> str:
    number = "".join(cell.split())
    if not number:
        raise ValueError(_("The waybill number is missing."))
    if len(number) > 60:
        raise ValueError(_("The waybill number is longer than 60 signs."))
    if _SHORTENED.fullmatch(number):
        raise ValueError(
            _("The spreadsheet has shortened the waybill number “%(text)s”: format the column as text.")
            % {"text": number[:SHOWN]}
        )
    return number


def _status(cell: str, *, may_be_empty: bool) -> tuple[str, str, tuple[str, ...]]:
    if not cell and may_be_empty:
        return "", "", ()
    meaning = STATUSES.get(same_word(cell))
    if meaning is not None:
        return meaning
    if not cell:
        raise ValueError(_("The status is missing."))
    raise ValueError(_("“%(text)s” is no status we know: see the list below.") % {"text": cell[:SHOWN]})


def _moment(cell: str, now: datetime) -> datetime:
    try:
        moment = _read_moment(cell)
    except (ValueError, OverflowError) as error:
        reason = _("“%(text)s” is no day with hour and minute, such as 2026-11-24 09:30.")
        raise ValueError(reason % {"text": cell[:SHOWN]}) from error
    if moment > now + AHEAD:
        raise ValueError(_("This time lies in the future: “%(text)s”.") % {"text": cell[:SHOWN]})
    if moment < now - BACK:
        raise ValueError(
            _("This is more than %(days)s days ago: “%(text)s”.") % {"days": BACK.days, "text": cell[:SHOWN]}
        )
    return moment


def _read_moment(cell: str) -> datetime:
    text = re.sub(r"(\d{4})年(\d{1,2})月(\d{1,2})日 ?", r"\1-\2-\3 ", cell)
    if ":" not in text:
        raise ValueError(text)
    with suppress(ValueError):  # fast, and mostly enough
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    form = next(form for mark, form in _TIMES.items() if mark in text or mark == "-")
    return datetime.strptime(text, f"{form}:%S" if text.count(":") == 2 else form).replace(tzinfo=BEIJING)


def _weight(cell: str) -> Decimal | None:
    text = re.sub(r"\s|kg$|кг$|公斤$|千克$", "", cell.casefold())
    if not text:
        return None
    weight = None if _GROUPED.fullmatch(text) else kilograms(text.replace(",", "."))
    if weight is None:
        raise ValueError(_("“%(text)s” is no weight in kilograms, such as 1234.5.") % {"text": cell[:SHOWN]})
    return weight


def _celsius(cell: str) -> Decimal | None:
    text = re.sub(r"\s|[°º]|[cс]$|℃$", "", cell.casefold()).replace("−", "-").replace(",", ".")
    if not text:
        return None
    if not _DEGREES.fullmatch(text) or not LOWEST <= Decimal(text) <= HIGHEST:
        raise ValueError(_("“%(text)s” is no temperature in degrees Celsius, such as -18.5.") % {"text": cell[:SHOWN]})
    return Decimal(text)
