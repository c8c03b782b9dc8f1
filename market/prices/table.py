"""A table of prices as markets and spreadsheets save it: which line says what. Pure but for the words of refusals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from catalog.products.models import Product
from market.common.dates import read_date
from market.common.languages import ZH
from market.common.quantity import parse_decimal
from market.common.tables import Line, plain_cell, read_table
from market.prices.models import Commodity
from market.prices.units import ReportUnit

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_ROWS: Final = 12_000
HEADINGS: Final = {
    "commodity": ("品名", "商品", "product", "commodity", "товар", "наименование"),
    "low": ("最低价", "lowest", "low", "минимум", "мин. цена"),
    "mid": ("平均价", "均价", "average", "mid", "средняя", "средняя цена"),
    "high": ("最高价", "highest", "high", "максимум", "макс. цена"),
    "grade": ("规格", "等级", "grade", "сорт"),
    "unit": ("单位", "计量单位", "unit", "единица"),
    "day": ("发布日期", "日期", "date", "day", "дата"),
}
OPTIONAL: Final = frozenset({"grade"})
G = Product.Grade
GRADES: Final = {
    "": G.UNGRADED,
    "普通": G.UNGRADED,
    "统货": G.UNGRADED,
    "特级": G.PREMIUM,
    "一级": G.FIRST,
    "二级": G.SECOND,
    "высший": G.PREMIUM,
    "первый": G.FIRST,
    "второй": G.SECOND,
    **{grade.value: grade for grade in G},
}
UNITS: Final = {
    **dict.fromkeys(("斤", "市斤", "元/斤", "500克", "500g", "jin", "цзинь"), ReportUnit.JIN),
    **dict.fromkeys(("公斤", "千克", "元/公斤", "kg", "кг"), ReportUnit.KILOGRAM),
    **dict.fromkeys(("吨", "元/吨", "t", "т"), ReportUnit.TONNE),
}


class UnreadableRowError(ValueError):
    """The line says something that is no price; the text says what."""


class UnknownGoodsError(UnreadableRowError):
    """Of goods that nobody reports prices of."""


@dataclass(frozen=True)
class TableRow:
    """What a line says; figures as they were told. `mid` None where the market has no average."""

    line: int
    commodity: Commodity
    grade: str
    unit: str
    low: Decimal
    mid: Decimal | None
    high: Decimal
    day: date


def read_prices(raw: bytes) -> list[Line]:
    """Every line below the headings. Raises UnreadableTableError."""
    return read_table(raw, HEADINGS, optional=OPTIONAL, most_bytes=MAX_BYTES, most_rows=MAX_ROWS)


def goods_by_name(goods: Iterable[Commodity]) -> dict[str, Commodity]:
    return {name_key(name): commodity for commodity in goods for name in commodity.names}


def name_key(name: str) -> str:
    return "".join(plain_cell(name).casefold().split())


def read_row(line: Line, goods: Mapping[str, Commodity]) -> TableRow:
    """Raises UnreadableRowError."""
    cells = line.cells
    commodity = goods.get(name_key(cells["commodity"]))
    if commodity is None:
        raise UnknownGoodsError(_("“%(text)s” is none of the goods prices are told of.") % _said(cells["commodity"]))
    return TableRow(
        line=line.number,
        commodity=commodity,
        grade=_known(GRADES, cells.get("grade", ""), _("“%(text)s” is no grade.")),
        unit=_known(UNITS, cells["unit"], _("“%(text)s” is no unit, such as 斤, kg or t.")),
        low=_price(cells["low"]),
        mid=_price(cells["mid"]) if plain_cell(cells["mid"]) else None,
        high=_price(cells["high"]),
        day=_day(cells["day"]),
    )


def _known(words: Mapping[str, str], cell: str, refusal: str) -> str:
    found = words.get(name_key(cell))
    if found is None:
        raise UnreadableRowError(refusal % _said(cell))
    return str(found)


def _price(cell: str) -> Decimal:
    """Machines write a point."""
    price = parse_decimal(plain_cell(cell).lstrip("¥"), ZH)
    if price is None or price != round(price, 4):
        raise UnreadableRowError(_("“%(text)s” is no price.") % _said(cell))
    return price


def _day(cell: str) -> date:
    day = read_date(plain_cell(cell).split(" ")[0])
    if day is None or not 2000 <= day.year <= 2100:
        raise UnreadableRowError(_("“%(text)s” is no date, such as 2026-11-24.") % _said(cell))
    return day


def _said(cell: str) -> dict[str, str]:
    return {"text": plain_cell(cell)[:40]}
