"""What people type into a field of many lines, as it is kept: plain text, without what nobody can see. Pure."""

import re

_ENDS_OF_LINES = re.compile("\r\n|[\r\u0085\u2028\u2029]")
# Controls, zero widths and marks that turn the direction of what follows; the joiner of emoji stays.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_GAPS = re.compile(r"\n\s*\n\s*\n")


def plain_words(typed: str) -> str:
    """As it is kept: lines end in one way, blanks at the edges and lines beyond one empty one are gone. It is never
    read as HTML: whoever shows it escapes it."""
    if typed.isprintable():  # one line without any of what goes
        return typed.strip()
    text = _UNSEEN.sub("", _ENDS_OF_LINES.sub("\n", typed).replace("\t", " "))
    while _GAPS.search(text):
        text = _GAPS.sub("\n\n", text)
    return text.strip()


def plain_code(typed: str) -> str:
    """A number or code as it is kept and compared: without blanks and what nobody can see, and in narrow signs where a
    Chinese keyboard wrote wide ones (`ＳＦ１２３` is `SF123`). Never longer than what was typed."""
    return "".join(_UNSEEN.sub("", typed.translate(_NARROW)).split())
