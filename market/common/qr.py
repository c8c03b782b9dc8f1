"""QR codes as inline SVG, black on white with their quiet zone, for print."""

from functools import lru_cache

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=512)
def qr_svg(text: str, title: str = "") -> SafeString:
    """`text` in capital letters where that changes nothing (an address keeps the case of its path): digits and capitals
    need a smaller code. Level Q: a quarter may be dirty. Size by the style sheet; `title` is read aloud."""
    written = text if "://" in text else text.upper()
    code = segno.make(written, error="q", boost_error=False, micro=False)
    svg = code.svg_inline(omitsize=True, border=4, light="#fff", svgclass="qr", lineclass=None)
    drawn = svg.partition(">")[2]
    opening = svg.partition(">")[0]
    label = format_html(' role="img" aria-label="{}">', title or text)
    return mark_safe(opening + label + drawn)  # noqa: S308 - drawn by segno, and the label is escaped
