"""Goods, places and officers for tests of market prices."""

from datetime import date, timedelta
from decimal import Decimal

from market.accounts.models import User
from market.common.outbox.drain import drain_outbox
from market.prices.actions.report_price import report_price
from market.prices.entries import Entry, Told
from market.prices.models import Basis, Commodity, PriceBand, PricePlace, PriceReport, Source
from market.regions.models import OrgUnit
from tests.builders import NOW, make_category, make_officer, make_regiment

TODAY = date(2026, 11, 24)


def make_commodity(slug: str = "grey-jujube", name_zh: str = "灰枣", aliases: list[str] | None = None) -> Commodity:
    names = {"name_zh": name_zh, "name_en": slug.replace("-", " ").capitalize(), "name_ru": "Товар"}
    fields = names | {"category": make_category(), "aliases": aliases or []}
    return Commodity.objects.get_or_create(slug=slug, defaults=fields)[0]


def make_place(code: str = "aral", unit: OrgUnit | None = None) -> PricePlace:
    fields = {"unit": unit or make_regiment(), "name_zh": f"{code}市场", "name_en": f"Market {code}"}
    return PricePlace.objects.create(code=code, **fields)


def make_entry(place: PricePlace, mid: str = "10", *, day: date = TODAY, reporter: str = "甲信息点") -> Entry:
    """In yuan per kilogram, a yuan around the average."""
    price = Decimal(mid)
    return Entry(
        place=place,
        commodity=make_commodity(),
        grade="first",
        basis=Basis.FARM_GATE,
        day=day,
        reporter=reporter,
        source=Source.TRADER,
        told=Told("KGM", price - Decimal("0.5"), price, price + Decimal("0.5")),
    )


def report(
    place: PricePlace, mid: str = "10", *, by: User | None = None, days_ago: int = 0, **fields: str
) -> PriceReport:
    """By an officer of the place's own unit."""
    entry = make_entry(place, mid, day=TODAY - timedelta(days=days_ago), **fields)
    return report_price(entry, by=by or make_officer(place.unit), now=NOW)


def steady(place: PricePlace, mid: str = "10", days: int = 6, **fields: str) -> None:
    """Days before today at one price."""
    officer = make_officer(place.unit)
    for ago in range(1, days + 1):
        report(place, mid, by=officer, days_ago=ago, **fields)


def bands() -> list[PriceBand]:
    """As they stand when all news has been worked on, by day."""
    while drain_outbox(NOW):
        pass
    return list(PriceBand.objects.filter(known_to=None).order_by("day", "pk"))
