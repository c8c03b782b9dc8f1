"""How long a review may be, what language it is in, how its writer is shown. Pure."""

import re
from typing import Final

from market.common.languages import EN, RU, ZH, has_chinese

LONGEST: Final = 2000
LONGEST_ANSWER: Final = 1000
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")


def language_of(text: str, asked: str) -> str:
    """What it is written in, by its letters; `asked`, the language of the page, where they say nothing."""
    if has_chinese(text):
        return ZH
    if _CYRILLIC.search(text):
        return RU
    return EN if _LATIN.search(text) else asked


def signature_of(name: str) -> str:
    """A buyer as strangers are shown them: the first character of the name."""
    return f"{name.strip()[:1] or '*'}**"
