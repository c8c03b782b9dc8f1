"""What people type into a review: plain text, without what nobody can see, and in which language. Pure."""

import re
from typing import Final

from market.common.languages import EN, RU, ZH, has_chinese

LONGEST: Final = 2000
LONGEST_ANSWER: Final = 1000
_ENDS_OF_LINES = re.compile("\r\n|[\r\u0085\u2028\u2029]")
# Controls, zero widths and marks that turn the direction of what follows; the joiner of emoji stays.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_GAPS = re.compile(r"\n\s*\n\s*\n")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")


def plain_words(typed: str) -> str:
    """As it is kept: lines end in one way, blanks at the edges and lines beyond one empty one are gone. It is never
    read as HTML: whoever shows it escapes it."""
    text = _UNSEEN.sub("", _ENDS_OF_LINES.sub("\n", typed).replace("\t", " "))
    while _GAPS.search(text):
        text = _GAPS.sub("\n\n", text)
    return text.strip()


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
