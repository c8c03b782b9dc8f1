"""What somebody may be about to type: texts by the beginning of their Chinese, pinyin, initials or Latin form."""

import heapq
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from search.analysis.normalise import normalise
from search.analysis.pinyin import pinyin_of, typed_pinyin
from search.analysis.streams import pieces_of

LIMIT = 10
MAX_KEY = 40
SELLERS, CATEGORIES = "seller", "category"
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
    """Of every channel, apart: nobody is offered what is sold in another channel alone. Keys are made once for all."""

    def __init__(self, channels: Mapping[str, Iterable[Suggestion]]) -> None:
        best = {channel: _once(entries) for channel, entries in channels.items()}
        texts = sorted({text for known in best.values() for text in known})
        keys = sorted((key, place) for place, text in enumerate(texts) for key in set(_keys(text)))
        self._keys = [key for key, _ in keys]
        self._places = [place for _, place in keys]
        self._lists = {channel: _List(known, texts) for channel, known in best.items()}
        short = {key[:size] for key in self._keys for size in range(1, SHORT + 1)}
        for listed in self._lists.values():
            listed.ready = {prefix: self._best(listed, prefix) for prefix in short}

    def suggest(self, typed: str, channel: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """The most frequent of this channel first; each text once. Empty for nothing typed."""
        prefix = " ".join(normalise(typed[:MAX_KEY]).split())
        listed = self._lists.get(channel)
        if not prefix or listed is None:
            return ()
        prefixes = {prefix, *(typed_pinyin(prefix.replace(" ", "")) if prefix.isascii() else ())} - {""}
        ranks: set[int] = set()
        for one in prefixes:
            ready = listed.ready.get(one, []) if len(one) <= SHORT else self._best(listed, one)
            ranks.update(ready)
        return tuple(listed.entries[rank] for rank in sorted(ranks)[:limit])

    def _best(self, listed: "_List", prefix: str) -> list[int]:
        start = bisect_left(self._keys, prefix)
        end = bisect_left(self._keys, prefix + "\U0010ffff", lo=start)
        return listed.best(self._places[start:end])

    def save(self, path: Path, version: str) -> None:
        channels = {
            channel: [[entry.text, entry.kind, entry.count, entry.target] for entry in listed.entries]
            for channel, listed in self._lists.items()
        }
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_bytes(orjson.dumps({"version": version, "channels": channels}))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path, version: str) -> "Suggestions":
        """Raises StaleSuggestions."""
        try:
            saved = orjson.loads(path.read_bytes())
            is_current = saved["version"] == version
            channels = {
                str(channel): [
                    Suggestion(str(text), str(kind), int(count), str(target)) for text, kind, count, target in rows
                ]
                for channel, rows in saved["channels"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StaleSuggestions(f"{path}: {error}") from error
        if not is_current:
            raise StaleSuggestions(f"{path}: version {saved['version']}, wanted {version}")
        return cls(channels)


class _List:
    """What one channel offers, in order of rank: the smallest are the best. `ready`: of short prefixes."""

    def __init__(self, known: Mapping[str, Suggestion], texts: Sequence[str]) -> None:
        ranked = sorted(known, key=lambda text: _rank(known[text]))
        ranks = {text: rank for rank, text in enumerate(ranked)}
        self.entries = [known[text] for text in ranked]
        self.ready: dict[str, list[int]] = {}
        self._ranks = [ranks.get(text, -1) for text in texts]
        self._sellers = {rank for rank, entry in enumerate(self.entries) if entry.kind == SELLERS}

    def best(self, places: Iterable[int]) -> list[int]:
        """Ranks of the texts at these places, as far as this channel has them."""
        ranks = {self._ranks[place] for place in places} - {-1}
        sellers = heapq.nsmallest(FEW, ranks & self._sellers)
        return heapq.nsmallest(LIMIT, [*(ranks - self._sellers), *sellers])


def _once(entries: Iterable[Suggestion]) -> dict[str, Suggestion]:
    """Of each text, by its one spelling, the most frequent; a category before all, for it has a page of its own."""
    best: dict[str, Suggestion] = {}
    for entry in entries:
        text = normalise(entry.text)
        known = best.get(text)
        if known is None or _weight(entry) > _weight(known):
            best[text] = entry
    return best


def _weight(entry: Suggestion) -> tuple[bool, int]:
    return entry.kind == CATEGORIES, entry.count


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
