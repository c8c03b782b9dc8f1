"""The line of a commodity page, drawn on the server: this season thick, the last one thin, gaps left open. Pure.

It is drawn in a field of 1000 x 400 that is stretched to the width of the page; its words stand beside it as text, so
that they can be read on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from market.prices.public import PublicBand

WIDTH: Final = 1000
HEIGHT: Final = 400
GAP: Final = timedelta(days=10)  # nobody told of longer: the line is broken
MARKS: Final = 4  # months written below, besides the first
ROOM: Final = Decimal("0.05")


@dataclass(frozen=True)
class Chart:
    """`areas`, `line`, `thin` are SVG; `scale` prices from top to bottom; `marks` days from left to right."""

    areas: list[str]
    line: str
    thin: str
    scale: list[Decimal]
    marks: list[date]


def thirteen_months(today: date) -> tuple[date, date]:
    """From the first day of this month a year ago to today."""
    return date(today.year - 1, today.month, 1), today


def season_before(day: date) -> date:
    return day - timedelta(days=365)


def draw(now: Sequence[PublicBand], before: Sequence[PublicBand], first: date, last: date) -> Chart | None:
    """`before`: a year earlier, laid over this one. None without a figure this season."""
    runs, old = _runs(now), _runs(before)
    prices = [
        price
        for band in (*now, *before)
        if band.figures
        for price in (band.figures.p25, band.figures.p75, band.figures.median)
    ]
    if not runs:
        return None
    field = _Field(first, last, min(prices) * (1 - ROOM), max(prices) * (1 + ROOM))
    return Chart(
        areas=[field.area(run) for run in runs if len(run) > 1],
        line=" ".join(field.line(run) for run in runs),
        thin=" ".join(field.line(run, timedelta(days=365)) for run in old),
        scale=[field.top, (field.top + field.bottom) / 2, field.bottom],
        marks=[first + (last - first) * part / MARKS for part in range(MARKS + 1)],
    )


def _runs(bands: Sequence[PublicBand]) -> list[list[PublicBand]]:
    """Days with figures, parted where nobody told of for longer than GAP."""
    runs: list[list[PublicBand]] = []
    for band in bands:
        if band.figures is None:
            continue
        if runs and band.day - runs[-1][-1].day <= GAP:
            runs[-1].append(band)
        else:
            runs.append([band])
    return runs


@dataclass(frozen=True)
class _Field:
    first: date
    last: date
    bottom: Decimal
    top: Decimal

    def line(self, run: Sequence[PublicBand], later: timedelta = timedelta(0)) -> str:
        """A day alone becomes a dot: a stroke of no length with round ends."""
        points = [self.point(band.day + later, band.figures.median) for band in run if band.figures]
        return f"M{' L'.join(points if len(points) > 1 else points * 2)}"

    def area(self, run: Sequence[PublicBand]) -> str:
        upper = [self.point(band.day, band.figures.p75) for band in run if band.figures]
        lower = [self.point(band.day, band.figures.p25) for band in reversed(run) if band.figures]
        return " ".join(upper + lower)

    def point(self, day: date, price: Decimal) -> str:
        """Whole numbers: a thousandth of the width is finer than a screen."""
        along = WIDTH * Decimal((day - self.first).days) / max(1, (self.last - self.first).days)
        above = HEIGHT * (self.top - price) / (self.top - self.bottom)
        return f"{round(along)},{round(above)}"
