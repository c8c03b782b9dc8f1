"""What each line of a table is, or would be: every one is accounted for, and nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.common.tables import Line
from market.prices.checks import Fault, find_fault
from market.prices.entries import Told
from market.prices.histories import histories
from market.prices.models import Commodity, PricePlace, PriceReport, Series
from market.prices.outliers import Compared, Judgement, judge
from market.prices.states import LIVE
from market.prices.table import TableRow, UnknownGoodsError, UnreadableRowError, goods_by_name, read_row

Figures = tuple[Decimal, Decimal, Decimal]  # low, mid, high per kilogram


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", _("is accepted")
    UNCOMPARED = "uncompared", _("is accepted; there is nothing to compare it with yet")
    HELD = "held", _("is held: out of line")
    KNOWN = "known", _("stored already, nothing changes")
    CONFLICT = "conflict", _("this source has reported another price for this day already")
    DUPLICATE = "duplicate", _("the same as an earlier line")
    UNREADABLE = "unreadable", _("cannot be read")
    UNKNOWN_GOODS = "unknown_goods", _("goods that prices are not told of")


STORED = (Outcome.ACCEPTED, Outcome.UNCOMPARED, Outcome.HELD)


@dataclass(frozen=True)
class Batch:
    """What holds for all lines of a table."""

    place: PricePlace
    basis: str
    reporter: str
    source: str
    file: str = ""
    currency: str = "CNY"


@dataclass(frozen=True)
class Foreseen:
    """`outcome`: one of Outcome, or a Fault. `row`: what the line says, None where that cannot be read, which `detail`
    explains. `verdict`: of what is stored."""

    line: Line
    outcome: str
    row: TableRow | None = None
    verdict: Judgement | None = None
    detail: str = ""

    @property
    def is_stored(self) -> bool:
        return self.outcome in STORED

    @property
    def words(self) -> str:
        return outcome_words(self.outcome)


def outcome_words(outcome: str) -> str:
    return str(Outcome(outcome).label if outcome in Outcome.values else Fault(outcome).label)


def count_outcomes(seen: Iterable[Foreseen]) -> dict[str, int]:
    """Of each outcome how many lines, those that are stored first; they add up to the lines of the table."""
    found = Counter(one.outcome for one in seen)
    order = [*Outcome.values, *Fault.values]
    return {outcome: found[outcome] for outcome in sorted(found, key=order.index)}


def foresee_reports(lines: Sequence[Line], batch: Batch, *, today: date) -> list[Foreseen]:
    """In the order of the lines. Checks, in this order: the same as an earlier line, readable, average missing, average
    outside lowest and highest, other hard checks, stored already; what is left is judged day by day, so that a day's
    price is compared with those before it in the same table. Three statements."""
    read = _read(lines, batch, today)
    rows = [one.row for one in read.values() if one.row is not None and not one.outcome]
    if rows:
        _judge(read, rows, batch)
    return list(read.values())


def _read(lines: Sequence[Line], batch: Batch, today: date) -> dict[int, Foreseen]:
    """By the line's number; outcome empty: nothing speaks against it so far."""
    goods = goods_by_name(Commodity.objects.all())
    seen: set[tuple[str, ...]] = set()
    read = {}
    for line in lines:
        cells = tuple(line.cells.values())
        read[line.number] = Foreseen(line, Outcome.DUPLICATE) if cells in seen else _checked(line, goods, batch, today)
        seen.add(cells)
    return read


def _checked(line: Line, goods: dict[str, Commodity], batch: Batch, today: date) -> Foreseen:
    try:
        row = read_row(line, goods)
    except UnknownGoodsError as error:
        return Foreseen(line, Outcome.UNKNOWN_GOODS, detail=str(error))
    except UnreadableRowError as error:
        return Foreseen(line, Outcome.UNREADABLE, detail=str(error))
    if row.mid is None:
        return Foreseen(line, Fault.MISSING, row)
    fault = find_fault(**Told(row.unit, row.low, row.mid, row.high).kilogram(), day=row.day, today=today)
    return Foreseen(line, fault or "", row)


def _judge(read: dict[int, Foreseen], rows: list[TableRow], batch: Batch) -> None:
    days = [row.day for row in rows]
    wanted = {series_of(row, batch) for row in rows}
    past = histories(wanted, first=min(days), last=max(days))
    known = _known(rows, batch)
    for row in sorted(rows, key=lambda row: (row.day, row.line)):
        figures, key = _figures(row), (row.commodity.pk, row.grade, row.day)
        line = read[row.line].line
        if figures in known[key]:
            read[row.line] = Foreseen(line, Outcome.KNOWN, row)
        elif any(is_live for is_live in known[key].values()):
            read[row.line] = Foreseen(line, Outcome.CONFLICT, row)
        else:
            history = past[series_of(row, batch)]
            verdict = judge(figures[1], row.day, history)
            read[row.line] = Foreseen(line, _outcome(verdict), row, verdict)
            known[key][figures] = True
            if not verdict.is_held:
                history.add(row.day, figures[1])


def _outcome(verdict: Judgement) -> str:
    if verdict.is_held:
        return Outcome.HELD
    return Outcome.UNCOMPARED if verdict.compared == Compared.NOTHING else Outcome.ACCEPTED


def series_of(row: TableRow, batch: Batch) -> Series:
    return Series(row.commodity.pk, row.grade, batch.place.pk, batch.basis, batch.currency)


def _figures(row: TableRow) -> Figures:
    assert row.mid is not None
    told = Told(row.unit, row.low, row.mid, row.high).kilogram()
    return told["low"], told["mid"], told["high"]


def _known(rows: list[TableRow], batch: Batch) -> dict[tuple[int, str, date], dict[Figures, bool]]:
    """What this source has reported of these days, and whether it still stands."""
    days = [row.day for row in rows]
    stored = PriceReport.objects.filter(
        place=batch.place,
        basis=batch.basis,
        currency=batch.currency,
        reporter=batch.reporter,
        day__gte=min(days),
        day__lte=max(days),
    )
    found: dict[tuple[int, str, date], dict[Figures, bool]] = defaultdict(dict)
    for commodity, grade, day, state, *figures in stored.values_list(
        "commodity_id", "grade", "day", "state", "low", "mid", "high"
    ):
        low, mid, high = figures
        told = found[commodity, grade, day]
        told[low, mid, high] = told.get((low, mid, high), False) or state in LIVE
    return found
