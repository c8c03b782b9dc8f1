"""What changed in the accepted reports is told to whoever reckons bands from them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from market.common.outbox.record import Event, record_events
from market.prices.models import Series

TOPIC = "prices.changed"


def tell_bands(changed: Iterable[tuple[Series, date]], *, now: datetime) -> None:
    """One event for each series, with its days; in the transaction of the change."""
    days: dict[Series, set[date]] = defaultdict(set)
    for series, day in changed:
        days[series].add(day)
    record_events(
        [
            Event(TOPIC, str(series.commodity), {"series": list(series), "days": sorted(map(str, told))})
            for series, told in days.items()
        ],
        now=now,
    )
