"""The built-in dictionary as officers see it: what each entry is called, and which one a text is nearest to."""

from collections.abc import Iterable, Sequence
from functools import cache

from search.analysis.dictionary import Entry, built_in
from search.query.nearest import Nearest


@cache
def _entries() -> dict[str, Entry]:
    return {entry.code: entry for entry in built_in()}


@cache
def _by_name() -> dict[str, Entry]:
    """The first that has the name."""
    found: dict[str, Entry] = {}
    for entry in built_in():
        for _, name in entry.names:
            found.setdefault(name.casefold(), entry)
    return found


def entry_of(code: str) -> Entry | None:
    return _entries().get(code)


def entry_named(name: str) -> Entry | None:
    return _by_name().get(name.casefold())


def entries_with(words: str, *, without: Iterable[str]) -> Sequence[Entry]:
    """Those with a name that holds the words, in the order of the file; not the codes `without`."""
    left, wanted = set(without), words.casefold()
    return [
        entry
        for entry in built_in()
        if entry.code not in left and any(wanted in name.casefold() for _, name in entry.names)
    ]


@cache
def usual_names(language: str) -> tuple[str, ...]:
    """What each entry is usually called in the language, or in Chinese where it has no such name."""
    names = (next((name for code, name in entry.names if code == language), entry.names[0][1]) for entry in built_in())
    return tuple(dict.fromkeys(names))


@cache
def nearest_names() -> Nearest:
    return Nearest(name for entry in built_in() for _, name in entry.names)
