"""Quantities with a unit: UN/ECE Recommendation 20 (and 21 for packages, with X in front)."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from market.common.languages import RU, babel_locale, normal_language
from market.common.plain_text import plain_code

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_NUMBER = re.compile(r"[+-]?(?=\.?\d)\d{0,24}(\.\d{0,24})?", re.ASCII)  # no `1e9`: nobody counts boxes so
_SIGNS = str.maketrans({"、": ",", "。": ".", "−": "-", "'": "", "’": "", "_": ""})
_LONGEST = 60


@dataclass(frozen=True)
class Unit:
    """`kilograms` is the weight of one unit, or None where only the packing knows it. `counted`: a number of them, in
    the form that `count` asks for; a sign such as kg needs none."""

    code: str
    label: str | Promise
    kilograms: Decimal | None = None
    counted: Any = ""


UNITS: Final = {
    unit.code: unit
    for unit in (
        Unit("KGM", _("kg"), Decimal(1)),
        Unit("TNE", _("t"), Decimal(1000)),
        Unit("GRM", _("g"), Decimal("0.001")),
        Unit("H87", _("piece"), counted=ngettext_lazy("%(quantity)s piece", "%(quantity)s pieces", "count")),
        Unit("XBX", _("box"), counted=ngettext_lazy("%(quantity)s box", "%(quantity)s boxes", "count")),
        Unit("XCT", _("carton"), counted=ngettext_lazy("%(quantity)s carton", "%(quantity)s cartons", "count")),
        Unit("XBG", _("bag"), counted=ngettext_lazy("%(quantity)s bag", "%(quantity)s bags", "count")),
        Unit("XDR", _("drum"), counted=ngettext_lazy("%(quantity)s drum", "%(quantity)s drums", "count")),
        Unit("XPX", _("pallet"), counted=ngettext_lazy("%(quantity)s pallet", "%(quantity)s pallets", "count")),
        Unit("XBE", _("bale"), counted=ngettext_lazy("%(quantity)s bale", "%(quantity)s bales", "count")),
        Unit("XCA", _("can"), counted=ngettext_lazy("%(quantity)s can", "%(quantity)s cans", "count")),
    )
}
LARGEST = Decimal(10) ** 11
UNIT_CHOICES = [(unit.code, unit.label) for unit in UNITS.values()]


def fits_places(value: Decimal, places: int) -> bool:
    """A finite number that a column with so many places holds unrounded; a program may send NaN, or half a gram."""
    return value.is_finite() and abs(value) < LARGEST and value == value.quantize(_least(places))


@cache
def _least(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


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
    """`1 box`, `10 boxes`, `2,5 ящика`: in the words of the active language, the number written as `language` does.
    A part of a whole takes the form of two."""
    shown, unit = format_number(value, language), UNITS.get(unit_code)
    if unit is None or not unit.counted:
        return f"{shown} {unit_label(unit_code)}"
    count = int(value) if value == value.to_integral_value() else 2
    return str(unit.counted % {"count": count, "quantity": shown})


def parse_decimal(text: str, language: str) -> Decimal | None:
    """What a person typed, as a number: full-width digits, blanks and marks nobody sees are fine, and both separators,
    read the way the language writes them (`1,5` is one and a half; `1,500` is fifteen hundred in Chinese and English,
    one and a half in Russian; of two different ones the last parts the decimals). None for anything else."""
    if len(text.strip()) > _LONGEST:
        return None
    cleaned = plain_code(unicodedata.normalize("NFKC", text)).translate(_SIGNS)
    if "," in cleaned and "." in cleaned:
        groups, point = (",", ".") if cleaned.rfind(".") > cleaned.rfind(",") else (".", ",")
        cleaned = cleaned.replace(groups, "").replace(point, ".")
    elif "," in cleaned:
        is_grouped = _GROUPED.fullmatch(cleaned) and normal_language(language) != RU
        cleaned = cleaned.replace(",", "" if is_grouped else ".")
    return Decimal(cleaned) if _NUMBER.fullmatch(cleaned) else None
