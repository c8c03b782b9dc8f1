"""Weights and volumes as one token in the base unit: 5公斤, 10斤, 5kg and 5 кг are all `5000g`."""

import re
from decimal import Decimal

GRAMS = {
    "公斤": Decimal(1000),
    "千克": Decimal(1000),
    "kg": Decimal(1000),
    "кг": Decimal(1000),
    "斤": Decimal(500),
    "两": Decimal(50),
    "克": Decimal(1),
    "г": Decimal(1),
    "g": Decimal(1),
    "吨": Decimal(1_000_000),
    "т": Decimal(1_000_000),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.6"),
}
MILLILITRES = {"毫升": Decimal(1), "ml": Decimal(1), "升": Decimal(1000), "л": Decimal(1000), "l": Decimal(1000)}
# A carat (克拉) is no gram. A letter may not follow units of letters; `10斤x2` is a weight and a count.
_UNIT = r"(?:公斤|千克|毫升|斤|两|克(?!拉)|吨|升|(?:kg|кг|lb|ml|g|г|t|т|l|л)(?![a-zа-я]))"
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
_COMMA = rf"[0-9]+,[0-9]+(?=\s?{_UNIT})"
_POINT = r"[0-9]+(?:\.[0-9]+)?"
NUMBER = rf"(?:{_GROUPED}|{_COMMA}|{_POINT})(?:\s?{_UNIT})?"
_PARTS = re.compile(r"([0-9.,]+)\s?(.*)", re.DOTALL)
_COMMA_PARTS = re.compile(_GROUPED)
MAX_DIGITS = 18  # longer ones are codes, not amounts


def fold_number(token: str) -> str:
    """A match of NUMBER to its token. A comma with exactly three digits behind it is a thousands mark, another one
    (before a unit only) is a decimal point. No exponent, no trailing zeros."""
    match = _PARTS.fullmatch(token)
    assert match is not None
    number, unit = match.groups()
    number = number.replace(",", "" if _COMMA_PARTS.fullmatch(number) else ".")
    if len(number) > MAX_DIGITS:
        return number + unit
    value = Decimal(number)
    for table, base in ((GRAMS, "g"), (MILLILITRES, "ml")):
        if unit in table:
            return f"{_plain(value * table[unit])}{base}"
    return _plain(value)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
