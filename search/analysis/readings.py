"""How Chinese is read, by pypinyin's tables. As Python's objects those are 55 MiB and a third of a second; here they
are one line of bytes for each character, 3 MiB and some milliseconds.

Line n is of U+3400 + n: its reading, then the words that begin with it, as `hong 枣=hong,zao 茶=hong,cha` for 红."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version

from search.analysis.compiled import compiled

FIRST, LAST = 0x3400, 0x9FFF
# Hexagrams stand among the characters and are none: like Latin letters, a run of them is read as it is written.
_PARTS = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff]+)|[^\u3400-\u4dbf\u4e00-\u9fff]+")


def syllables(text: str) -> Iterator[str]:
    """Without tones, ü as v: what `pypinyin.lazy_pinyin` says of letters and of characters up to U+9FFF."""
    for part in _PARTS.finditer(text):
        if part.group(1):
            yield from _read(part.group())
        else:
            yield part.group()


def _read(run: str) -> Iterator[str]:
    """The longest known word from the left, else one character. When all that is left only begins a word, each of its
    characters by itself."""
    while run:
        line, size, word = _line(run[0]), 1, ""
        for end in range(2, len(run) + 1):
            if f" {run[1:end]}" not in line:
                break
            _, _, found = line.partition(f" {run[1:end]}=")
            if found:
                size, word = end, found.partition(" ")[0]
        else:
            size = size if word else len(run)
        yield from word.split(",") if word else map(_reading, run[:size])
        run = run[size:]


def _reading(character: str) -> str:
    return _line(character).partition(" ")[0] or character


def _line(character: str) -> str:
    return _lines()[ord(character) - FIRST].decode()


@cache
def _lines() -> list[bytes]:
    return compiled("readings", version("pypinyin"), compile_readings).split(b"\n")


def compile_readings() -> bytes:
    """Of the installed pypinyin, which stays in memory when it was asked."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, Style
    from pypinyin.style import convert

    @cache
    def plain(syllable: str) -> str:
        return str(convert(syllable, Style.NORMAL, strict=True))

    words = defaultdict[str, list[str]](list)
    for word, read in sorted(PHRASES_DICT.items()):
        words[word[0]].append(f"{word[1:]}={','.join(plain(readings[0]) for readings in read)}")
    readings = (plain(PINYIN_DICT.get(code, "").partition(",")[0]) for code in range(FIRST, LAST + 1))
    return "\n".join(" ".join([read, *words[chr(FIRST + n)]]) for n, read in enumerate(readings)).encode()
