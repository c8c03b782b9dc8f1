"""Mobile numbers: what people type, and the E.164 form we keep."""

import re
import unicodedata

from market.common.plain_text import plain_words

_CHINA = re.compile(r"1[3-9]\d{9}")
_E164 = re.compile(r"\+[1-9]\d{7,14}")


def normal_phone(typed: str) -> str:
    """E.164, or empty when it is no number we understand. Eleven digits that start with 1 are Chinese; anything else
    needs its country code. Blanks, hyphens, brackets, full-width digits and the unseen marks that telephones put around
    a copied number are fine."""
    text = plain_words(unicodedata.normalize("NFKC", typed))
    text = re.sub(r"[\s().\-‐‑–]", "", text)
    if text.startswith("00"):
        text = "+" + text[2:]
    if _CHINA.fullmatch(text):
        text = "+86" + text
    if text.startswith("86") and _CHINA.fullmatch(text[2:]):
        text = "+" + text
    return text if _E164.fullmatch(text) else ""
