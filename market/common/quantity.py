"""Quantities with a unit: UN/ECE Recommendation 20 (and 21 for packages, with X in front)."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.common.languages import RU, babel_locale, normal_language

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True)
class Unit:
    """`kilograms` is the weight of one unit, or None where only the packing knows it."""

    code: str
    label: str | Promise
    kilograms: Decimal | None = None


UNITS: Final = {
    unit.code: unit
    for unit in (
        Unit("KGM", _("kg"), Decimal(1)),
        Unit("TNE", _("t"), Decimal(1000)),
        Unit("GRM", _("g"), Decimal("0.001")),
        Unit("H87", _("piece")),
        Unit("XBX", _("box")),
        Unit("XCT", _("carton")),
        Unit("XBG", _("bag")),
        Unit("XDR", _("drum")),
        Unit("XPX", _("pallet")),
        Unit("XBE", _("bale")),
        Unit("XCA", _("can")),
    )
}
_LARGEST = Decimal(10) ** 11
UNIT_CHOICES = [(unit.code, unit.label) for unit in UNITS.values()]


def fits_places(value: Decimal, places: int) -> bool:
    """A finite number that a column with so many places holds unrounded; a program may send NaN, or half a gram."""
    return value.is_finite() and abs(value) < _LARGEST and value == value.quantize(Decimal(1).scaleb(-places))


def unit_label(code: str) -> str:
    """The unit's word in the active language; the code itself when we do not know it."""
    unit = UNITS.get(code)
    return str(unit.label) if unit else code


def plain(value: Decimal) -> str:
    """`10`, `2.5`: no exponent, no trailing zeros. For machines."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_number(value: Decimal, language: str) -> str:
    """`1,234.5` / `1 234,5`: up to three places, for people."""
    return format_decimal(value, format="#,##0.###", locale=babel_locale(language))


def format_quantity(value: Decimal, unit_code: str, language: str) -> str:
    return f"{format_number(value, language)} {unit_label(unit_code)}"


def parse_decimal(text: str, language: str) -> Decimal | None:
    """What a person typed, as a number: full-width digits and blanks are fine, and both separators, read the way the
    language writes them (`1,5` is one and a half; `1,500` is fifteen hundred in Chinese and English, one and a half in
    Russian). None for anything else."""
    cleaned = re.sub(r"[\s'_]", "", unicodedata.normalize("NFKC", text)[:40])
    if "," in cleaned and normal_language(language) != RU and _GROUPED.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    cleaned = cleaned.replace(",", ".")
    return Decimal(cleaned) if _NUMBER.fullmatch(cleaned) else None
