"""A table of prices is taken over: what was looked at, judged again, a chunk in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.bulk import insert_rows
from market.common.errors import Conflict
from market.common.tables import Line
from market.prices.actions.judge_report import written
from market.prices.actions.tell_bands import tell_bands
from market.prices.entries import Told, check_reporter
from market.prices.foreseeing import Batch, Foreseen, Outcome, foresee_reports
from market.prices.models import PriceReport
from market.prices.reach import check_reach
from market.prices.states import ReportState

CHUNK: Final = 1000


def import_reports(lines: Sequence[Line], batch: Batch, *, by: User, now: datetime) -> list[Foreseen]:
    """Returns what became of each line, in their order. The same table a second time makes nothing, so that one that
    was broken off is simply handed in again.

    Effects, of each chunk in one transaction of a fixed number of statements: reports, accepted or held, one act in the
    log of the place, events for the bands. Raises NotFound for a place out of the officer's reach, InvalidInput for a
    reporter without a name, Conflict when somebody reported one of these prices just now; earlier chunks stay.
    """
    check_reach(by, batch.place.unit, now)
    batch = replace(batch, reporter=check_reporter(batch.reporter))
    seen = foresee_reports(lines, batch, today=localdate(now))
    stored = [one for one in seen if one.is_stored]
    for start in range(0, len(stored), CHUNK):
        _store(stored[start : start + CHUNK], batch, by, now)
    return seen


def _store(seen: Sequence[Foreseen], batch: Batch, by: User, now: datetime) -> None:
    reports = [_report(one, batch, by, now) for one in seen]
    try:
        with transaction.atomic():
            insert_rows(reports)
            record_act(
                actor=by,
                action="price.imported",
                subject_kind="price_place",
                subject_id=batch.place.code,
                now=now,
                number=batch.file,
                reporter=batch.reporter,
                rows=len(reports),
                held=sum(one.outcome == Outcome.HELD for one in seen),
            )
            tell_bands([(row.series, row.day) for row in reports if row.state == ReportState.ACCEPTED], now=now)
    except IntegrityError as error:
        raise Conflict() from error


def _report(one: Foreseen, batch: Batch, by: User, now: datetime) -> PriceReport:
    row, verdict = one.row, one.verdict
    assert row is not None
    assert row.mid is not None
    assert verdict is not None
    told = Told(row.unit, row.low, row.mid, row.high)
    return PriceReport(
        place=batch.place,
        commodity=row.commodity,
        grade=row.grade,
        basis=batch.basis,
        unit=row.unit,
        currency=batch.currency,
        day=row.day,
        reporter=batch.reporter,
        source=batch.source,
        org_unit=batch.place.unit,
        state=ReportState.HELD if verdict.is_held else ReportState.ACCEPTED,
        judgement=written(verdict),
        raw=told.raw() | {"file": batch.file, "line": row.line},
        entered_by=by,
        entered_at=now,
        **told.kilogram(),
    )
