"""Units and enterprises of the sample season, from `data/farms.toml`; the scaled ones are made of two word lists."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from stdnum.cn import uscc

from market.config.season.crops import FOLDER, Names, crops, three

PRODUCTS = 300
EACH_WHEN_SCALED = 45
# Two lists of ten and twenty-four words give 240 names of growing places; each says what it is: a place, not a firm.
_FIRST = (
    ("东", "East", "Восточный"),
    ("西", "West", "Западный"),
    ("上", "Upper", "Верхний"),
    ("下", "Lower", "Нижний"),
    ("新", "New", "Новый"),
    ("旧", "Old", "Старый"),
    ("近", "Near", "Ближний"),
    ("远", "Far", "Дальний"),
    ("大", "Great", "Большой"),
    ("小", "Little", "Малый"),
)
_ZH = "泉 渠 坡 岸 甸 园 林 岗 渡 井 桥 庄 溪 口 崖 洲 岭 屯 杨 丘 包 谷 沟 嘴".split()
_EN = (
    "Spring Canal Slope Bank Meadow Garden Wood Hill Ford Well Bridge Farm Brook Pass Bluff Island Ridge Hamlet "
    "Poplar Mound Knoll Dale Gully Point"
).split()
_RU = (
    "ключ канал склон берег луг сад лес холм брод колодец мост хутор ручей перевал яр остров гребень посад тополь "
    "курган бугор дол лог мыс"
).split()


@dataclass(frozen=True)
class UnitRow:
    code: str
    parent: str
    level: str
    names: Names


@dataclass(frozen=True)
class Farm:
    """`number` is the place in the season, from 1. `products` is how many of its crops in all grades it lists."""

    number: int
    unit: str
    brand: Names
    names: Names
    crops: tuple[str, ...]
    field: Names
    products: int
    admission: str = "approved"

    @property
    def credit_code(self) -> str:
        """Valid by its check digit, of a region 000000 that does not exist."""
        body = f"91000000TEXT{self.number:05}"
        return body + str(uscc.calc_check_digit(body))

    @property
    def assortment(self) -> list[tuple[str, str]]:
        """(crop, grade), one crop after another."""
        pairs = [(slug, grade) for slug in self.crops for grade in crops()[slug].grades]
        return pairs[: self.products]


@cache
def units() -> tuple[UnitRow, ...]:
    rows = _content()["unit"]
    return tuple(UnitRow(row["code"], row.get("parent", ""), row["level"], three(row["names"])) for row in rows)


@cache
def base_farms() -> tuple[Farm, ...]:
    """Twenty: those that sell share 300 products, the others are somewhere in their admission."""
    content = _content()
    selling = sum(bool(row["crops"]) for row in content["farm"])
    each, more = divmod(PRODUCTS, selling)
    return tuple(
        Farm(
            number=number,
            unit=row["unit"],
            brand=three(row["brand"]),
            names=_firm(content, row["kind"], three(row["brand"])),
            crops=tuple(row["crops"]),
            field=(row.get("field_zh", ""), row.get("field_en", ""), row.get("field_ru", "")),
            products=each + (number <= more),
            admission=row.get("admission", "approved"),
        )
        for number, row in enumerate(content["farm"], start=1)
    )


def more_farms(scale: int) -> Iterator[Farm]:
    """What `--scale` adds to the base: 300 products for each step, 45 a farm, so that 33 means about 230 farms."""
    content, patterns, kinds = _content(), base_farms()[:16], sorted(_content()["kinds"])
    slugs, left, number = list(crops()), PRODUCTS * (scale - 1), len(base_farms())
    while left > 0:
        place = number - len(base_farms())
        round_, (one, two) = place // 240, divmod(place % 240, 24)
        zh, en, ru = _FIRST[one]
        suffix = f" {round_ + 1}" if round_ else ""
        brand = (f"{zh}{_ZH[two]}{suffix}", f"{en} {_EN[two]}{suffix}", f"{ru} {_RU[two]}{suffix}")
        number += 1
        yield Farm(
            number=number,
            unit=("S101", "S102", "S201")[place % 3],
            brand=brand,
            names=_firm(content, kinds[place % 3], brand),
            crops=tuple(slugs[(place * 7 + step) % len(slugs)] for step in range(18)),
            field=patterns[place % len(patterns)].field,
            products=min(EACH_WHEN_SCALED, left),
        )
        left -= EACH_WHEN_SCALED


def _firm(content: dict[str, Any], kind: str, brand: Names) -> Names:
    patterns = three(content["kinds"][kind])
    return (patterns[0].format(brand[0]), patterns[1].format(brand[1]), patterns[2].format(brand[2]))


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "farms.toml").read_text("utf-8"))
