"""One spelling: NFKC, lower case, ё to е, traditional to simplified Chinese (phrase rules)."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff]")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _convertible() -> frozenset[str]:
    """The characters t2s changes one by one: a text without any of them need not be converted."""
    run = "".join(chr(code) for code in range(0x4E00, 0x9FFF))
    return frozenset(a for a in run if _converter().convert(a) != a)


def normalise(text: str) -> str:
    """Idempotent; any Unicode in, no exception out."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8")).lower().replace("ё", "е")
    if _HAN.search(text) and not _convertible().isdisjoint(text):
        text = str(_converter().convert(text))
    return text
