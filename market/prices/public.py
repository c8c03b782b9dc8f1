"""What everybody may read of market prices. Figures of a day with too few sources leave this module never."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from market.prices.models import SERIES, Commodity, PriceBand, PricePlace, Series
from market.prices.quartiles import BandState

RECENT: Final = timedelta(days=396)  # thirteen months
P, TOO_FEW = BandState.PUBLIC, BandState.TOO_FEW


@dataclass(frozen=True)
class Figures:
    """Per kilogram."""

    p25: Decimal
    median: Decimal
    p75: Decimal
    sources: int


@dataclass(frozen=True)
class PublicBand:
    """`figures` None: too few reports."""

    day: date
    figures: Figures | None
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Newest:
    """A good with its newest public band, None where all it has are days with too few reports."""

    commodity: Commodity
    band: PriceBand | None


@dataclass(frozen=True)
class Line:
    """A series that can be shown: `newest` day of all, `public` the newest day with figures."""

    series: Series
    place: PricePlace
    newest: date
    public: date | None


def public_band(band: PriceBand) -> PublicBand:
    """Of too few sources not even their number: with a later band it would tell more than either."""
    if band.state != P or band.p25 is None or band.median is None or band.p75 is None:
        return PublicBand(band.day, None, ())
    return PublicBand(band.day, Figures(band.p25, band.median, band.p75, band.sources), tuple(band.kinds))


def newest_of_all(today: date) -> list[Newest]:
    """Goods with reports of the last thirteen months, those with figures first. Two statements."""
    since = today - RECENT
    bands = PriceBand.objects.filter(commodity=OuterRef("pk"), known_to=None, day__gte=since, day__lte=today)
    newest = bands.filter(state=P).order_by("-day", "-sources", "pk").values("pk")[:1]
    goods = list(
        Commodity.objects.annotate(newest=Subquery(newest))
        .filter(Exists(bands.filter(state__in=[P, TOO_FEW])))
        .order_by("slug")
    )
    found = PriceBand.objects.select_related("place", "commodity").in_bulk(
        [row.newest for row in goods if row.newest is not None]
    )
    told = [Newest(row, found.get(row.newest) if row.newest is not None else None) for row in goods]
    return sorted(told, key=lambda one: one.band is None)


def newest_public(commodity: Commodity, grades: Iterable[str], today: date) -> PriceBand | None:
    """The newest band with figures of one of these grades, of the last thirteen months; of several of a day the one
    with most sources. One statement."""
    rows = PriceBand.objects.filter(
        commodity=commodity, state=P, known_to=None, grade__in=list(grades), day__gte=today - RECENT, day__lte=today
    )
    return rows.select_related("place", "commodity").order_by("-day", "-sources", "pk").first()


def lines_of(commodity: Commodity, today: date) -> list[Line]:
    """What can be shown of a good, the one told of last first. Two statements."""
    rows = PriceBand.objects.filter(
        commodity=commodity, known_to=None, state__in=[P, TOO_FEW], day__gte=today - RECENT, day__lte=today
    )
    found = rows.order_by().values_list(*SERIES).annotate(newest=Max("day"), public=Max("day", filter=Q(state=P)))
    told = [(Series(*key), newest, public) for *key, newest, public in found]
    places = PricePlace.objects.in_bulk({series.place for series, _newest, _public in told})
    lines = [Line(series, places[series.place], newest, public) for series, newest, public in told]
    return sorted(lines, key=lambda line: (line.public or date.min, line.newest, line.series), reverse=True)


def bands_of(series: Series, first: date, last: date) -> list[PublicBand]:
    """By day; days nobody told of are not there. One statement."""
    rows = PriceBand.objects.filter(
        commodity=series.commodity,
        place=series.place,
        grade=series.grade,
        basis=series.basis,
        currency=series.currency,
        known_to=None,
        state__in=[P, TOO_FEW],
        day__gte=first,
        day__lte=last,
    )
    return [public_band(row) for row in rows.order_by("day")]


def bands_known(as_of: datetime | None) -> QuerySet[PriceBand]:
    """As they stand, or as they stood at that moment; without days of which no report stands."""
    known = Q(known_to=None)
    if as_of is not None:
        known = Q(known_from__lte=as_of) & (Q(known_to=None) | Q(known_to__gt=as_of))
    return PriceBand.objects.filter(known, state__in=[P, TOO_FEW]).select_related("commodity", "place")
