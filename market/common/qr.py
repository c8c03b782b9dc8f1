"""QR codes as inline SVG, black on white with their quiet zone, for screen and print."""

from functools import lru_cache

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, title: str = "") -> SafeString:
    """`text` in capital letters where that changes nothing (an address keeps the case of its path): digits and capitals
    need a smaller code. Level Q: a quarter may be dirty. Size by the style sheet; `title` is read aloud."""
    is_address = "://" in text  # perhaps a secret one, which nobody keeps
    svg = _draw(text) if is_address else _kept(text.upper())
    opening, _, drawn = svg.partition(">")
    label = format_html(' role="img" aria-label="{}">', title or text)
    return mark_safe(opening + label + drawn)  # noqa: S308 - drawn by segno, and the label is escaped


def _draw(text: str) -> str:
    code = segno.make(text, error="q", boost_error=False, micro=False)
    drawn: str = code.svg_inline(omitsize=True, border=4, light="#fff", svgclass="qr", lineclass=None)
    return drawn


_kept = lru_cache(maxsize=512)(_draw)
