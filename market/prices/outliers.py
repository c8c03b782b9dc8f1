"""Which report is out of line with what was accepted before. Pure; the rule and its figures stand here alone.

A report is held when |mid - median| > max(4 x 1.4826 x MAD, 15 % of the median), over the last 14 accepted days of its
season; with less than 5 of them, over the month around the same day a year ago. Where that says nothing either it is
accepted, and marked. A price near one that was confirmed by hand is not asked about again: without that, a market that
moves by a fifth would have every report held until half of the 14 days had been confirmed one by one.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

RULE_VERSION: Final = 1
DAYS: Final = 14
ENOUGH: Final = 5
MADS: Final = Decimal(4) * Decimal("1.4826")
SHARE: Final = Decimal("0.15")
SEASON_GAP: Final = timedelta(days=30)  # without a price for longer, and a new season begins
AROUND: Final = timedelta(days=15)
CONFIRMED_FOR: Final = timedelta(days=14)
LOOKS_BACK: Final = timedelta(days=366) + AROUND


class Compared(models.TextChoices):
    """What a report was compared with."""

    DAYS = "days", _("the last days of this season")
    SEASON = "season", _("the same month last season")
    CONFIRMED = "confirmed", _("a price confirmed before")
    NOTHING = "nothing", _("nothing: there is no history")


@dataclass(frozen=True)
class Judgement:
    """`days`: how many were compared. `median` and `limit` per kilogram, None without a comparison."""

    is_held: bool
    compared: Compared
    days: int = 0
    median: Decimal | None = None
    limit: Decimal | None = None


class History:
    """Accepted prices of one series (one good, grade, place and basis), and those among them confirmed by hand."""

    def __init__(
        self, accepted: Iterable[tuple[date, Decimal]] = (), confirmed: Iterable[tuple[date, Decimal]] = ()
    ) -> None:
        self._prices: dict[date, list[Decimal]] = defaultdict(list)
        for day, mid in accepted:
            self._prices[day].append(mid)
        self._days = sorted(self._prices)
        self._confirmed = list(confirmed)

    def add(self, day: date, mid: Decimal) -> None:
        if day not in self._prices:
            insort(self._days, day)
        self._prices[day].append(mid)

    def season_before(self, day: date) -> list[Decimal]:
        """The medians of up to 14 days before, newest first, of the season that goes on."""
        found: list[Decimal] = []
        later = day
        for place in range(bisect_left(self._days, day) - 1, -1, -1):
            earlier = self._days[place]
            if len(found) == DAYS or later - earlier > SEASON_GAP:
                break
            found.append(median(self._prices[earlier]))
            later = earlier
        return found

    def season_past(self, day: date) -> list[Decimal]:
        """The medians of the days of a month around this day a year ago."""
        middle = _year_before(day)
        first, last = bisect_left(self._days, middle - AROUND), bisect_left(self._days, middle + AROUND + _A_DAY)
        return [median(self._prices[known]) for known in self._days[first:last]]

    def is_confirmed(self, day: date, mid: Decimal) -> bool:
        return any(agrees(mid, near) and abs(day - known) <= CONFIRMED_FOR for known, near in self._confirmed)


def judge(mid: Decimal, day: date, history: History) -> Judgement:
    """`mid` per kilogram. What happened on the day itself and after it says nothing about it."""
    for compared, prices in ((Compared.DAYS, history.season_before(day)), (Compared.SEASON, history.season_past(day))):
        if len(prices) >= ENOUGH:
            middle, limit = _middle_and_limit(prices)
            is_far = abs(mid - middle) > limit
            if is_far and history.is_confirmed(day, mid):
                compared = Compared.CONFIRMED
            return Judgement(is_far and compared != Compared.CONFIRMED, compared, len(prices), middle, limit)
    return Judgement(is_held=False, compared=Compared.NOTHING)


def agrees(mid: Decimal, other: Decimal) -> bool:
    """Near enough to say the same: within 15 % of `other`."""
    return abs(mid - other) <= SHARE * other


_A_DAY = timedelta(days=1)


def _middle_and_limit(prices: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    middle = median(prices)
    spread = median(abs(price - middle) for price in prices)
    return middle, max(MADS * spread, SHARE * middle)


def _year_before(day: date) -> date:
    """29 February has the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
