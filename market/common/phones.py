"""How a stored telephone number is shown: grouped, the short form for readers at home, the international one abroad."""

import re
from typing import Final

from market.common.languages import ZH, normal_language

_E164 = re.compile(r"\+[1-9]\d{7,14}")
# Country calling codes of one and two digits (ITU-T E.164, list of assigned codes); every other code has three.
_SHORT_CODES: Final = frozenset(
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84"
    " 86 90 91 92 93 94 95 98".split()
)
CHINA: Final = "86"


def format_phone(stored: str, language: str) -> str:
    """`+8613800138000` is `138 0013 8000` on a Chinese page and `+86 138 0013 8000` on others. What is no E.164 number
    stays as it is."""
    if not _E164.fullmatch(stored):
        return stored
    digits = stored[1:]
    code = next((digits[:size] for size in (1, 2) if digits[:size] in _SHORT_CODES), digits[:3])
    number = _grouped(digits.removeprefix(code), code)
    return number if code == CHINA and normal_language(language) == ZH else f"+{code} {number}"


def _grouped(number: str, code: str) -> str:
    if code == CHINA and len(number) == 11:
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if code == "7" and len(number) == 10:
        return f"{number[:3]} {number[3:6]}-{number[6:8]}-{number[8:]}"
    if len(number) == 8:
        return f"{number[:4]} {number[4:]}"
    last = len(number) % 3 + 3 if len(number) % 3 == 1 else 3
    head, tail = number[:-last], number[-last:]
    return " ".join(filter(None, [*(head[place : place + 3] for place in range(0, len(head), 3)), tail]))
