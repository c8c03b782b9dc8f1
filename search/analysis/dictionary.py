"""The built-in dictionary, read as text: what a concept is called in each language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from search.analysis.normalise import normalise

BUILT_IN = Path(__file__).parent / "data" / "concepts.txt"
KINDS = ("product", "form", "grade", "place")
LANGUAGES = ("zh-hans", "en", "ru")
ASKED = "~"
_LINE_END = re.compile(r"\r\n|\r|\n")


class BrokenDictionary(Exception):
    """Says the line and what is wrong with it."""


@dataclass(frozen=True)
class Entry:
    """`names`: (language, name) with the usual name of a language before its others. `asked`: names of something else
    that people also ask for when they mean this."""

    kind: str
    code: str
    names: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...] = ()


def parse_entries(text: str) -> Iterator[Entry]:
    """`kind code: Chinese, names | English, names | Russian, names`, one a line; `#` begins a comment, `~` a name that
    is only asked for."""
    seen: set[str] = set()
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        if not line.strip() or line.startswith("#"):
            continue
        head, _, rest = line.partition(":")
        kind, _, code = head.strip().partition(" ")
        groups = rest.split("|")
        if kind not in KINDS or not code.strip() or len(groups) != len(LANGUAGES):
            raise BrokenDictionary(f"line {number}: not `kind code: Chinese | English | Russian`: {line!r}")
        names = [
            (language, name.strip())
            for language, group in zip(LANGUAGES, groups, strict=True)
            for name in group.split(",")
            if name.strip()
        ]
        own = [name for name in names if not name[1].startswith(ASKED)]
        if not own or code.strip() in seen:
            raise BrokenDictionary(f"line {number}: {'no name' if not own else 'the code again'}: {line!r}")
        seen.add(code.strip())
        asked = [(language, name.removeprefix(ASKED)) for language, name in names if name.startswith(ASKED)]
        yield Entry(kind, code.strip(), tuple(dict.fromkeys(own)), tuple(dict.fromkeys(asked)))


def joined(entries: Iterable[Entry], more: Iterable[Entry]) -> tuple[Entry, ...]:
    """Both dictionaries as one: an entry of a known code adds its names to that entry, every other one is new."""
    found = {entry.code: entry for entry in entries}
    for entry in more:
        known = found.get(entry.code, replace(entry, names=(), asked=()))
        names, asked = dict.fromkeys(known.names + entry.names), dict.fromkeys(known.asked + entry.asked)
        found[entry.code] = replace(known, names=tuple(names), asked=tuple(asked))
    return tuple(found.values())


@cache
def built_in() -> tuple[Entry, ...]:
    return tuple(parse_entries(BUILT_IN.read_text("utf-8")))


@cache
def dictionary_words() -> tuple[str, ...]:
    """Chinese names of two characters or more, sorted: they are kept in one piece."""
    names = (normalise(name) for entry in built_in() for language, name in entry.names if language == "zh-hans")
    return tuple(sorted({name for name in names if len(name) >= 2}))
