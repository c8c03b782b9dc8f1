"""Reads of market prices: what waits, what a report is compared with, and what the public sees."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Final

from market.prices.models import PriceReport
from market.prices.outliers import AROUND
from market.prices.quartiles import source_key
from market.prices.states import LIVE, ReportState

RECENT: Final = timedelta(days=45)


@dataclass(frozen=True)
class PastDay:
    """Accepted prices of a series on a day, per kilogram."""

    day: date
    low: Decimal
    median: Decimal
    high: Decimal
    sources: int


def past_days(report: PriceReport) -> list[PastDay]:
    """What an officer looks at beside a report: the last weeks before it and the month around its day a year ago,
    newest first. One statement."""
    a_year_before = report.day - timedelta(days=365)
    rows = PriceReport.objects.filter(
        commodity=report.commodity_id,
        place=report.place_id,
        grade=report.grade,
        basis=report.basis,
        currency=report.currency,
        state=ReportState.ACCEPTED,
        day__gte=a_year_before - AROUND,
        day__lt=report.day,
    )
    by_day: dict[date, list[PriceReport]] = defaultdict(list)
    for row in rows.only("day", "reporter", "low", "mid", "high"):
        if row.day >= report.day - RECENT or abs(row.day - a_year_before) <= AROUND:
            by_day[row.day].append(row)
    return [
        PastDay(
            day=day,
            low=min(row.low for row in told),
            median=median(row.mid for row in told),
            high=max(row.high for row in told),
            sources=len({source_key(row.reporter) for row in told}),
        )
        for day, told in sorted(by_day.items(), reverse=True)
    ]


def same_day(report: PriceReport) -> list[PriceReport]:
    """What other sources say of the same day."""
    rows = PriceReport.objects.filter(
        commodity=report.commodity_id,
        place=report.place_id,
        grade=report.grade,
        basis=report.basis,
        currency=report.currency,
        day=report.day,
        state__in=LIVE,
    )
    return list(rows.exclude(pk=report.pk).order_by("reporter"))
