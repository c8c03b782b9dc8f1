"""One spelling: NFKC, lower case, plain Latin letters, ё to е, traditional to simplified Chinese (phrase rules)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import pairwise

from opencc import OpenCC

from search.analysis.compiled import compiled

_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_APART = {"æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "œ": "oe"}
_SAME = {"ё": "е", "’": "'", "ʼ": "'", "`": "'"}


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _convertible() -> re.Pattern[str]:
    """The characters t2s changes one by one: a text without any of them need not be converted."""
    return re.compile(f"[{compiled('convertible', version('opencc'), _compile_convertible).decode()}]")


def _compile_convertible() -> bytes:
    run = map(chr, range(0x4E00, 0x9FFF))
    return "".join(a for a in run if _converter().convert(a) != a).encode()


@cache
def _letters() -> dict[str, str]:
    """Letters of the Latin supplement and extensions to their plain ones: `açaí` and `hóng` are typed without marks."""
    table = _APART | _SAME
    for letter in map(chr, range(0xC0, 0x250)):
        plain = unicodedata.normalize("NFKD", letter)[0]
        if "a" <= plain <= "z":
            table[letter] = plain
    return table


@cache
def _marked() -> re.Pattern[str]:
    """Any of those letters, or a mark: there are few in most texts, and to look is cheaper than to translate."""
    return re.compile(f"[{''.join(_letters())}\u0300-\u036f]")


def normalise(text: str) -> str:
    """Idempotent; any Unicode in, no exception out."""
    return _simplified(_spelled(text.encode("utf-8", "replace").decode("utf-8")))


def _spelled(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    if text.isascii() or not _marked().search(text):
        return text
    return _MARKS.sub("", _marked().sub(_plain_letter, text))


def _plain_letter(match: re.Match[str]) -> str:
    """A mark stays until its letter is known."""
    return _letters().get(match.group(), match.group())


def _simplified(text: str) -> str:
    """Until it stands still: a few characters take two steps (薴, 苧, 苎)."""
    for _ in range(3):
        if not _convertible().search(text):
            break
        simpler = str(_converter().convert(text))
        if simpler == text:
            break
        text = simpler
    return text


@dataclass(frozen=True)
class Mapped:
    """A normalised text and, for each of its characters, where in the raw text it comes from: [starts, ends)."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def normalise_mapped(raw: str) -> Mapped:
    """As `normalise`, but every character knows its origin. Characters are taken with the marks that follow them,
    since NFKC may join those; Chinese is converted as a whole where its length stays, else one by one."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(raw):
        for character in _spelled(raw[start:end].encode("utf-8", "replace").decode("utf-8")):
            letters.append(character)
            starts.append(start)
            ends.append(end)
    spelled = "".join(letters)
    text = _simplified(spelled)
    if len(text) != len(spelled):
        pieces = [_simplified(character) for character in spelled]
        text = "".join(pieces)
        starts = [start for start, piece in zip(starts, pieces, strict=True) for _ in piece]
        ends = [end for end, piece in zip(ends, pieces, strict=True) for _ in piece]
    return Mapped(text, tuple(starts), tuple(ends))


def _clusters(raw: str) -> list[tuple[int, int]]:
    """A character and the combining marks behind it."""
    heads = [place for place, character in enumerate(raw) if place == 0 or not unicodedata.combining(character)]
    return list(pairwise([*heads, len(raw)]))
