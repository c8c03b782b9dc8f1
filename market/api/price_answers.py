"""What the API answers about market prices, as types."""

from datetime import date, datetime

from ninja import Schema


class PriceFigures(Schema):
    """Decimals as text, per kilogram, one vote for each source."""

    p25: str
    median: str
    p75: str
    sources: int
    kinds: list[str]


class PriceDay(Schema):
    """`figures` null: `state` is `too_few`, and nothing is told. `known_from`: since when it has said this;
    `rule_version` of the check that reports went through."""

    commodity: str
    name: str
    grade: str
    place: str
    place_name: str
    basis: str
    currency: str
    unit: str
    day: date
    state: str
    figures: PriceFigures | None
    rule_version: int
    known_from: datetime


class PriceDays(Schema):
    items: list[PriceDay]
    next: str | None
