"""The sound of a Chinese word: joined pinyin and initials. ü is written v, as on a keyboard."""

import re
from functools import lru_cache

from search.analysis.readings import syllables

MAX_PINYIN = 200
_ALIKE = re.compile(r"([zcs])h|(n)g")


@lru_cache(maxsize=100_000)
def pinyin_of(word: str) -> tuple[str, str]:
    """`hongzao` and `_hz`."""
    read = list(syllables(word))
    initials = "_" + "".join(syllable[0] for syllable in read)
    return "".join(read)[:MAX_PINYIN], initials[:MAX_PINYIN]


def typed_pinyin(letters: str) -> tuple[str, ...]:
    """What somebody may have meant who typed these letters: `ludou` is also `lvdou`."""
    plain = letters.replace("'", "")
    return tuple(dict.fromkeys((plain, re.sub(r"(?<=[nl])u", "v", plain))))


def blurred(sound: str) -> str:
    """As one what many people do not tell apart: zh and z, ch and c, sh and s, ng and n."""
    return _ALIKE.sub(r"\1\2", sound)
