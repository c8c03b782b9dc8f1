"""Market prices: everybody reads the daily bands, as they stand or as they stood at a moment."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from market.api.paging import page_after
from market.api.price_answers import PriceDays
from market.common.quantity import plain
from market.prices.models import PriceBand
from market.prices.public import bands_known, public_band

router = Router(tags=["prices"])
Code = Annotated[str, Field(max_length=60)]
# Beyond, a moment has no name in another zone.
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class PriceParameters(Schema):
    """What `GET /prices` takes. Empty filters nothing."""

    commodity: Code = Field("", description="its code, such as `hami-melon`")
    place: Code = ""
    grade: Literal["", "premium", "first", "second", "ungraded"] = ""
    basis: Literal["", "farm_gate", "wholesale", "retail", "export"] = ""
    first: date | None = Field(None, description="market days from this one on")
    last: date | None = Field(None, description="and to this one")
    as_of: AwareDatetime | None = Field(
        None, ge=FIRST_MOMENT, le=LAST_MOMENT, description="what was known at this moment, with its offset"
    )
    lang: Literal["zh-hans", "en", "ru"] = "zh-hans"
    page_size: int = Field(100, ge=1, le=400)
    cursor: str = ""

    def filters(self) -> dict[str, Any]:
        asked = {
            "commodity__slug": self.commodity,
            "place__code": self.place,
            "grade": self.grade,
            "basis": self.basis,
            "day__gte": self.first,
            "day__lte": self.last,
        }
        return {name: value for name, value in asked.items() if value}


@router.get("/prices", url_name="prices", response=PriceDays)
def list_prices(request: HttpRequest, asked: Query[PriceParameters]) -> dict[str, Any]:
    """Quartiles of a day over distinct sources, what was reckoned last first. A day with less than three sources has no
    figures. One statement. `as_of` asks what this list said at a moment: corrections come later, and what they replaced
    is kept."""
    rows = bands_known(asked.as_of).filter(**asked.filters()).order_by("-pk")
    page, more = page_after(rows, asked.cursor, asked.page_size)
    return {"items": [_day(row, asked.lang) for row in page], "next": more}


def _day(row: PriceBand, language: str) -> dict[str, Any]:
    band = public_band(row)
    told = band.figures
    return {
        "commodity": row.commodity.slug,
        "name": row.commodity.name_in(language),
        "grade": row.grade,
        "place": row.place.code,
        "place_name": row.place.name_in(language),
        "basis": row.basis,
        "currency": row.currency,
        "unit": "KGM",
        "day": band.day,
        "state": row.state,
        "figures": None
        if told is None
        else {
            "p25": plain(told.p25),
            "median": plain(told.median),
            "p75": plain(told.p75),
            "sources": told.sources,
            "kinds": list(band.kinds),
        },
        "rule_version": row.rule_version,
        "known_from": row.known_from,
    }
