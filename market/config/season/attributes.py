"""What goods of the sample season are described by, read from `data/attributes.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.products.actions.define_attribute import Wish, add_attribute
from catalog.products.attributes import Stored
from catalog.products.models import Category
from market.accounts.models import User
from market.config.season.crops import FOLDER, GRADES, Crop, three

LOW, HIGH = "low", "high"


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "attributes.toml").read_text("utf-8"))


def define_attributes(categories: Mapping[str, Category], *, by: User, now: datetime) -> None:
    for position, row in enumerate(_content()["attribute"], start=1):
        wish = Wish(
            names=three(row["names"]),
            units=three(row.get("units", ("", "", ""))),
            steps=[Decimal(step) for step in row.get("steps", ())],
            values=[(code, three(names)) for code, *names in row.get("values", ())],
            position=position,
        )
        add_attribute(categories[row["category"]], row["code"], row["kind"], wish, by=by, now=now)


def said_by(crop: Crop, grade: str) -> dict[str, Stored]:
    """What a product of the crop says in this grade."""
    ends = dict(zip((LOW, HIGH), crop.spans[GRADES.index(grade)], strict=True))
    return {
        code: str(ends[value]) if value in (LOW, HIGH) else value
        for code, value in _content()["says"].get(crop.slug, {}).items()
    }
