"""Crops of the sample season, read from `data/crops.toml`: names, HS codes, seasons, packings, price levels."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
GRADES = ("premium", "first", "second")
GRADE_WORDS = {
    "premium": ("特级", "premium", "высший сорт"),
    "first": ("一级", "first grade", "первый сорт"),
    "second": ("二级", "second grade", "второй сорт"),
}
# A grade's price against the crop's level.
GRADE_FACTOR = {"premium": Decimal("1.22"), "first": Decimal("1.00"), "second": Decimal("0.81")}
Names = tuple[str, str, str]


@dataclass(frozen=True)
class Pack:
    """A packing every seller of the crop uses: weights of one unit in kg, minimum order and order multiple in units."""

    unit: str
    net_kg: Decimal
    gross_kg: Decimal
    moq: Decimal
    multiple: Decimal


@dataclass(frozen=True)
class Crop:
    slug: str
    category: str
    names: Names
    texts: Names
    hs: str
    months: tuple[int, ...]
    yuan_per_kg: Decimal
    keeps_days: int
    is_export: bool
    colours: tuple[str, str]
    shape: str
    grades: tuple[str, ...]
    packings: tuple[Pack, ...]
    measures: dict[str, Names]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, row: dict[str, Any], measures: dict[str, list[str]]) -> "Crop":
        kind, *spans = row["measure"]
        return cls(
            slug=row["slug"],
            category=row["category"],
            names=(row["zh"], row["en"], row["ru"]),
            texts=(row["text_zh"], row["text_en"], row["text_ru"]),
            hs=row["hs"],
            months=tuple(row["months"]),
            yuan_per_kg=Decimal(row["yuan_per_kg"]),
            keeps_days=row["keeps_days"],
            is_export=row["is_export"],
            colours=(row["colours"][0], row["colours"][1]),
            shape=row["shape"],
            grades=tuple(row.get("grades", GRADES)),
            packings=tuple(_pack(pack) for pack in row["packings"]),
            measures={
                grade: three(text.format(*span) for text in measures[kind])
                for grade, span in zip(GRADES, spans, strict=True)
            },
            spans=tuple((low, high) for low, high in spans),
        )


@dataclass(frozen=True)
class CategoryRow:
    slug: str
    names: Names


def three(words: Any) -> Names:
    zh, en, ru = words
    return zh, en, ru


def _pack(row: Sequence[str]) -> Pack:
    unit, *numbers = row
    return Pack(unit, *(Decimal(number) for number in numbers))


@cache
def crops() -> dict[str, Crop]:
    """By slug, in the order of the file."""
    content = tomllib.loads((FOLDER / "crops.toml").read_text("utf-8"))
    return {row["slug"]: Crop.read(row, content["measures"]) for row in content["crop"]}


@cache
def categories() -> tuple[CategoryRow, ...]:
    content = tomllib.loads((FOLDER / "crops.toml").read_text("utf-8"))
    return tuple(CategoryRow(row["slug"], three(row["names"])) for row in content["category"])
