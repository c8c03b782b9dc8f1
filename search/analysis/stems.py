"""Snowball stems of English and Russian words; the engines stem nothing themselves."""

import threading
from functools import lru_cache

import Stemmer

_own = threading.local()  # a stemmer keeps a buffer and is not for two threads at once


@lru_cache(maxsize=100_000)
def stem(word: str, kind: str) -> str:
    """`kind`: latin or cyrillic."""
    language = "russian" if kind == "cyrillic" else "english"
    if not hasattr(_own, language):
        setattr(_own, language, Stemmer.Stemmer(language))
    return str(getattr(_own, language).stemWord(word))
