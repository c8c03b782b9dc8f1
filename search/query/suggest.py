"""What somebody may be about to type: texts by the beginning of their Chinese, pinyin, initials or Latin form."""

import heapq
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from search.analysis.normalise import normalise
from search.analysis.pinyin import pinyin_of, typed_pinyin
from search.analysis.streams import pieces_of

LIMIT = 10
MAX_KEY = 40
SELLERS = "seller"
FEW = 3  # of sellers, or a region's firms would fill the list before its goods
SHORT = 2  # prefixes whose best are kept ready: they begin too many keys to be ranked on each letter


class StaleSuggestions(Exception):
    """There are none, or they cannot be read, or they belong to another version: build them again."""


@dataclass(frozen=True)
class Suggestion:
    """`kind`: product, category, place, seller, query ... as the caller names it. `count` ranks. `target`: what it
    leads to, where a search for the text is not meant: a seller's number."""

    text: str
    kind: str
    count: int
    target: str = ""


class Suggestions:
    def __init__(self, entries: Iterable[Suggestion]) -> None:
        best: dict[str, Suggestion] = {}
        for entry in entries:
            known = best.get(normalise(entry.text))
            if known is None or entry.count > known.count:
                best[normalise(entry.text)] = entry
        self._entries = sorted(best.values(), key=_rank)
        self._sellers = {place for place, entry in enumerate(self._entries) if entry.kind == SELLERS}
        keys = [(key, place) for place, entry in enumerate(self._entries) for key in set(_keys(entry.text))]
        keys.sort()
        self._keys = [key for key, _ in keys]
        self._places = [place for _, place in keys]
        self._ready = {
            prefix: self._best(prefix) for prefix in {key[:size] for key in self._keys for size in range(1, SHORT + 1)}
        }

    def __len__(self) -> int:
        return len(self._entries)

    def suggest(self, typed: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """The most frequent first; each text once. Empty for nothing typed."""
        prefix = " ".join(normalise(typed[:MAX_KEY]).split())
        if not prefix:
            return ()
        prefixes = {prefix, *(typed_pinyin(prefix.replace(" ", "")) if prefix.isascii() else ())} - {""}
        places: set[int] = set()
        for one in prefixes:
            ready = self._ready.get(one, []) if len(one) <= SHORT else self._best(one)
            places.update(ready)
        return tuple(self._entries[place] for place in sorted(places)[:limit])

    def _best(self, prefix: str) -> list[int]:
        """Entries stand in order of rank: the smallest places are the best."""
        start = bisect_left(self._keys, prefix)
        end = bisect_left(self._keys, prefix + "\U0010ffff", lo=start)
        places = set(self._places[start:end])
        sellers = heapq.nsmallest(FEW, places & self._sellers)
        return heapq.nsmallest(LIMIT, [*(places - self._sellers), *sellers])

    def save(self, path: Path, version: str) -> None:
        rows = [[entry.text, entry.kind, entry.count, entry.target] for entry in self._entries]
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_bytes(orjson.dumps({"version": version, "entries": rows}))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path, version: str) -> "Suggestions":
        """Raises StaleSuggestions."""
        try:
            saved = orjson.loads(path.read_bytes())
            is_current = saved["version"] == version
            entries = [
                Suggestion(str(text), str(kind), int(count), *map(str, target))
                for text, kind, count, *target in saved["entries"]
            ]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StaleSuggestions(f"{path}: {error}") from error
        if not is_current:
            raise StaleSuggestions(f"{path}: version {saved['version']}, wanted {version}")
        return cls(entries)


def _rank(entry: Suggestion) -> tuple[int, int, str]:
    return -entry.count, len(entry.text), entry.text


def _keys(text: str) -> Iterator[str]:
    """The whole text, each of its later words on, and for Chinese runs their sound and initials."""
    plain = " ".join(normalise(text).split())
    yield plain[:MAX_KEY]
    for piece in pieces_of(plain):
        yield plain[piece.start : piece.start + MAX_KEY]
        if piece.kind == "han":
            sound, initials = pinyin_of(piece.text[:MAX_KEY])
            yield sound[:MAX_KEY]
            yield initials[1 : MAX_KEY + 1]
