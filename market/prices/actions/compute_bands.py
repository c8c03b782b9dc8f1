"""Bands of the days whose reports changed, reckoned anew from all that is accepted now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from market.common.bulk import insert_rows
from market.common.outbox.models import OutboxEvent
from market.prices.models import SERIES, PriceBand, PriceReport, Series
from market.prices.outliers import RULE_VERSION
from market.prices.quartiles import Vote, band_state, one_vote_each, quartiles_of
from market.prices.reach import lock_goods
from market.prices.states import ReportState

Key = tuple[Series, date]
Heard = tuple[Vote, str]  # with the kind of its source


def compute_bands(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `prices.changed`; five statements for each good, whatever its days, and none writes where nothing has
    changed. The good's row is locked first: of two workers the second sees what the first has written."""
    wanted: dict[int, set[Key]] = defaultdict(set)
    for event in events:
        series = Series(*event.payload["series"])
        wanted[series.commodity] |= {(series, date.fromisoformat(day)) for day in event.payload["days"]}
    for commodity in sorted(wanted):
        with transaction.atomic():
            lock_goods(commodity)
            _write(commodity, wanted[commodity], now)


def _write(commodity: int, keys: set[Key], now: datetime) -> None:
    heard, standing = _heard(commodity, keys), _standing(commodity, keys)
    changed, closed = [], []
    for key in sorted(keys):
        new, old = band_of(key, heard.get(key, []), now), standing.get(key)
        if old is None and not new.sources:
            continue
        if old is None or old.says() != new.says():
            changed.append(new)
            closed += [old.pk] if old else []
    if closed:
        PriceBand.objects.filter(pk__in=closed).update(known_to=now)
    insert_rows(changed)


def band_of(key: Key, heard: Iterable[Heard], now: datetime) -> PriceBand:
    told = list(heard)
    prices: list[Decimal] = one_vote_each(vote for vote, _kind in told)
    found = quartiles_of(prices)
    series, day = key
    return PriceBand(
        commodity_id=series.commodity,
        grade=series.grade,
        place_id=series.place,
        basis=series.basis,
        currency=series.currency,
        day=day,
        p25=found.p25 if found else None,
        median=found.median if found else None,
        p75=found.p75 if found else None,
        sources=len(prices),
        kinds=sorted({kind for _vote, kind in told}),
        state=band_state(len(prices)).value,
        rule_version=RULE_VERSION,
        known_from=now,
    )


def _heard(commodity: int, keys: set[Key]) -> dict[Key, list[Heard]]:
    rows = PriceReport.objects.filter(
        commodity=commodity,
        place__in={series.place for series, _day in keys},
        day__in={day for _series, day in keys},
        state=ReportState.ACCEPTED,
    )
    found: dict[Key, list[Heard]] = defaultdict(list)
    for *series, day, reporter, mid, source in rows.values_list(*SERIES, "day", "reporter", "mid", "source"):
        found[Series(*series), day].append((Vote(reporter, mid), source))
    return found


def _standing(commodity: int, keys: set[Key]) -> dict[Key, PriceBand]:
    rows = PriceBand.objects.filter(
        commodity=commodity,
        place__in={series.place for series, _day in keys},
        day__in={day for _series, day in keys},
        known_to=None,
    )
    return {band.key: band for band in rows}
