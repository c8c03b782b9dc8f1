"""Example prices of the season: two years of a few goods, told by several reporters, one out of line, one draft.

Every name says that it is an example, and every figure is made up around the crop's level.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.utils.timezone import localdate

from catalog.products.models import Category
from market.common.tables import Line
from market.config.season.catalogue import named
from market.config.season.crops import crops
from market.config.season.stage import Stage
from market.config.season.timeline import Story
from market.prices.actions.import_reports import import_reports
from market.prices.actions.report_price import report_price
from market.prices.entries import Entry, Told
from market.prices.foreseeing import Batch
from market.prices.models import Basis, Commodity, PricePlace, Source
from market.prices.units import ReportUnit
from market.regions.models import OrgUnit

TOLD_FOR = timedelta(days=760)
PLACES = {
    "sample-tamarisk": ("S101", ("样例红柳团产区", "Sample Tamarisk fields", "Образец: поля «Тамариск»")),
    "sample-market": ("S", ("样例批发市场", "Sample wholesale market", "Образец: оптовый рынок")),
}


@dataclass(frozen=True)
class Quoted:
    """A crop whose price is told every `every` days in these months."""

    crop: str
    place: str
    officer: str
    basis: str
    grade: str
    months: tuple[int, ...]
    every: int
    reporters: tuple[tuple[str, str], ...]


POINTS = (
    ("样例收购点一", Source.TRADER),
    ("样例收购点二", Source.TRADER),
    ("样例种植户代表", Source.GROWER),
    ("样例采价员", Source.SURVEY),
)
QUOTED = (
    Quoted(
        "grey-jujube",
        "sample-tamarisk",
        "officer-tamarisk",
        Basis.FARM_GATE,
        "一级",
        (9, 10, 11, 12, 1, 2, 3),
        5,
        POINTS,
    ),
    Quoted("walnut", "sample-tamarisk", "officer-tamarisk", Basis.FARM_GATE, "一级", (9, 10, 11, 12, 1), 6, POINTS[:3]),
    Quoted("hami-melon", "sample-market", "officer", Basis.WHOLESALE, "普通", (6, 7, 8, 9, 10, 11), 4, POINTS[:3]),
    Quoted("pear", "sample-market", "officer", Basis.WHOLESALE, "普通", (9, 10, 11, 12, 1, 2, 3, 4), 7, POINTS[:2]),
)


def make_places(units: Mapping[str, OrgUnit], categories: Mapping[str, Category]) -> None:
    """Goods and places that prices are told of."""
    for code, (unit, names) in PLACES.items():
        PricePlace.objects.get_or_create(code=code, defaults={"unit": units[unit]} | named(names))
    for quoted in QUOTED:
        crop = crops()[quoted.crop]
        fields = {"category": categories[crop.category]} | named(crop.names)
        Commodity.objects.get_or_create(slug=crop.slug, defaults=fields)


def prices(stage: Stage) -> Iterator[Story]:
    for quoted in QUOTED:
        yield _tables(stage, quoted)
    yield _by_hand(stage)


def _tables(stage: Stage, quoted: Quoted) -> Story:
    """What each reporter told up to a month ago is handed in then, the rest yesterday."""
    first = localdate(stage.now) - TOLD_FOR
    for days_ago in (30, 1):
        yield (at := stage.day(days_ago, "17:30"))
        last = localdate(at)
        for reporter, source in quoted.reporters:
            batch = Batch(
                place=PricePlace.objects.select_related("unit").get(code=quoted.place),
                basis=quoted.basis,
                reporter=reporter,
                source=source,
                file=f"{crops()[quoted.crop].names[0]}-样例.csv",
            )
            lines = [
                _line(number, quoted, reporter, day) for number, day in enumerate(_days(quoted, first, last), start=2)
            ]
            import_reports(lines, batch, by=stage.people[quoted.officer], now=at)
        first = last + timedelta(days=1)


def _days(quoted: Quoted, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return [day for day in days if day.toordinal() % quoted.every == 0 and day.month in quoted.months]


def _line(number: int, quoted: Quoted, reporter: str, day: date) -> Line:
    """New goods are dear and grow cheaper for two months; this year is a little dearer than the last; each reporter
    hears something else. The same for the same day, whenever the season is built."""
    crop = crops()[quoted.crop]
    since = (day.month - quoted.months[0]) % 12 + day.day / 31
    year = day.year + (day.month >= quoted.months[0])
    drift = 1.12 - 0.05 * min(since, 3) + 0.03 * (year % 3)
    heard = Random(f"{quoted.crop} {reporter} {day}").uniform(0.97, 1.03)  # noqa: S311 - sample data
    mid = (crop.yuan_per_kg * Decimal(drift * heard)).quantize(Decimal("0.01"))
    low, high = (mid * Decimal("0.93")).quantize(Decimal("0.01")), (mid * Decimal("1.08")).quantize(Decimal("0.01"))
    cells = {"commodity": crop.names[0], "low": str(low), "mid": str(mid), "high": str(high)}
    return Line(number, cells | {"grade": quoted.grade, "unit": "公斤", "day": day.isoformat()})


def _by_hand(stage: Stage) -> Story:
    """One that is held, and one an officer has only noted."""
    yield (at := stage.day(1, "18:10"))
    for crop, mid, reporter, is_draft in (
        ("grey-jujube", "31.00", "样例外地客商", False),
        ("walnut", "16.20", "样例合作社", True),
    ):
        price = Decimal(mid)
        entry = Entry(
            place=PricePlace.objects.select_related("unit").get(code="sample-tamarisk"),
            commodity=Commodity.objects.get(slug=crop),
            grade="first",
            basis=Basis.FARM_GATE,
            day=localdate(at),
            reporter=reporter,
            source=Source.TRADER,
            told=Told(ReportUnit.KILOGRAM, price - 1, price, price + 1),
        )
        report_price(entry, by=stage.people["officer-tamarisk"], now=at, is_draft=is_draft)
