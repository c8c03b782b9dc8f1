"""What reports are compared with, read for many series at once."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from market.prices.models import SERIES, PriceReport, Series
from market.prices.outliers import CONFIRMED_FOR, LOOKS_BACK, History
from market.prices.states import ReportState


def histories(wanted: Collection[Series], *, first: date, last: date) -> dict[Series, History]:
    """All that reports of these series from `first` to `last` may be compared with. One statement."""
    rows = PriceReport.objects.filter(
        state=ReportState.ACCEPTED,
        commodity__in={series.commodity for series in wanted},
        place__in={series.place for series in wanted},
        day__gte=first - LOOKS_BACK,
        day__lte=last + CONFIRMED_FOR,
    )
    accepted: dict[Series, list[tuple[date, Decimal]]] = defaultdict(list)
    confirmed: dict[Series, list[tuple[date, Decimal]]] = defaultdict(list)
    for *key, day, mid, is_confirmed in rows.values_list(*SERIES, "day", "mid", "is_confirmed"):
        series = Series(*key)
        accepted[series].append((day, mid))
        if is_confirmed:
            confirmed[series].append((day, mid))
    return {series: History(accepted[series], confirmed[series]) for series in wanted}


def history_of(series: Series, day: date) -> History:
    return histories([series], first=day, last=day)[series]
