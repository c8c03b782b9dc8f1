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
_HAN_UNITS = "公斤|千克|毫升|斤|两|克|吨|升"
_LETTER_UNITS = "kg|кг|lb|ml|g|г|t|т|l|л"
NUMBER = rf"[0-9]{{1,9}}(?:[.,][0-9]{{1,6}})?(?:\s?(?:{_HAN_UNITS}|(?:{_LETTER_UNITS})(?![a-zа-я])))?"
_PARTS = re.compile(r"([0-9.,]+)\s?(.*)", re.DOTALL)


def fold_number(token: str) -> str:
    """A match of NUMBER to its token. A comma with exactly three digits behind it is a thousands mark."""
    match = _PARTS.fullmatch(token)
    assert match is not None
    number, unit = match.groups()
    if "," in number:
        whole, _, rest = number.partition(",")
        number = whole + rest if len(rest) == 3 else f"{whole}.{rest}"
    value = Decimal(number)
    for table, base in ((GRAMS, "g"), (MILLILITRES, "ml")):
        if unit in table:
            return f"{_plain(value * table[unit])}{base}"
    return _plain(value)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
