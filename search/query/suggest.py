"""What somebody may be about to type: texts by the beginning of their Chinese, pinyin, initials or Latin form."""

import heapq
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import orjson

from search.analysis.normalise import normalise
from search.analysis.pinyin import pinyin_of, typed_pinyin
from search.analysis.streams import pieces_of
from search.query.packed import Filed, Texts, as_numbers, numbers, pack, unpack

LIMIT = 10
MAX_KEY = 40
SELLERS, CATEGORIES = "seller", "category"
FEW = 3  # of sellers, or a region's firms would fill the list before its goods
NOT_HERE = 2**32 - 1  # the rank of a text that the channel does not offer
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
    """Of every channel, apart: nobody is offered what is sold in another channel alone. Keys are made once for all, and
    saved, for that takes a second for 30,000 texts."""

    def __init__(self, keys: Filed, lists: Mapping[str, "_List"]) -> None:
        """`keys`: how each text may begin; the numbers are those of `_List.ranks`."""
        self._keys, self._lists = keys, lists

    @classmethod
    def of(cls, channels: Mapping[str, Iterable[Suggestion]]) -> "Suggestions":
        best = {channel: _once(entries) for channel, entries in channels.items()}
        texts = sorted({text for known in best.values() for text in known})
        keys = Filed.of((key, place) for place, text in enumerate(texts) for key in set(_keys(text)))
        short = {key[:size] for key in keys.keys() for size in range(1, SHORT + 1)}  # noqa: SIM118 - no mapping
        lists = {channel: _List.of(known, texts) for channel, known in best.items()}
        for listed in lists.values():
            listed.ready.update({prefix: listed.best(keys.begun(prefix)) for prefix in short})
        return cls(keys, lists)

    def suggest(self, typed: str, channel: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """The most frequent of this channel first; each text once. Empty for nothing typed."""
        prefix = " ".join(normalise(typed[:MAX_KEY]).split())
        listed = self._lists.get(channel)
        if not prefix or listed is None:
            return ()
        prefixes = {prefix, *(typed_pinyin(prefix.replace(" ", "")) if prefix.isascii() else ())} - {""}
        ranks: set[int] = set()
        for one in prefixes:
            ready = listed.ready.get(one, []) if len(one) <= SHORT else listed.best(self._keys.begun(one))
            ranks.update(ready)
        return tuple(listed.entry(rank) for rank in sorted(ranks)[:limit])

    def save(self, path: Path, version: str) -> None:
        lists = [[channel, sorted(listed.sellers), listed.ready] for channel, listed in self._lists.items()]
        parts = [*self._keys.parts(), *(part for listed in self._lists.values() for part in listed.parts())]
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_bytes(pack({"version": version, "lists": lists}, parts))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path, version: str) -> "Suggestions":
        """Raises StaleSuggestions."""
        try:
            head, (content, ends, filed_ends, filed, *rest) = unpack(path.read_bytes())
            is_current = head["version"] == version
            lists = {
                channel: _List(Texts(*rest[3 * place : 3 * place + 2]), rest[3 * place + 2], frozenset(sellers), ready)
                for place, (channel, sellers, ready) in enumerate(head["lists"])
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise StaleSuggestions(f"{path}: {error}") from error
        if not is_current:
            raise StaleSuggestions(f"{path}: version {head['version']}, wanted {version}")
        return cls(Filed(Texts(content, ends), filed_ends, filed), lists)


class _List:
    """What one channel offers, in order of rank: the smallest are the best."""

    def __init__(self, entries: Texts, ranks: memoryview, sellers: frozenset[int], ready: dict[str, list[int]]) -> None:
        """`entries`: by rank, as JSON. `ranks`: of each text of all channels. `sellers`: the ranks of sellers. `ready`:
        the best of short prefixes."""
        self._entries, self._ranks, self.sellers, self.ready = entries, as_numbers(ranks), sellers, ready

    @classmethod
    def of(cls, known: Mapping[str, Suggestion], texts: Sequence[str]) -> "_List":
        ranked = sorted(known, key=lambda text: _rank(known[text]))
        ranks = {text: rank for rank, text in enumerate(ranked)}
        sellers = frozenset(rank for text, rank in ranks.items() if known[text].kind == SELLERS)
        entries = Texts.of(orjson.dumps(astuple(known[text])) for text in ranked)
        return cls(entries, numbers(ranks.get(text, NOT_HERE) for text in texts), sellers, {})

    def entry(self, rank: int) -> Suggestion:
        return Suggestion(*orjson.loads(self._entries[rank]))

    def best(self, places: Iterable[int]) -> list[int]:
        """Ranks of the texts at these places, as far as this channel has them."""
        ranks = {self._ranks[place] for place in places} - {NOT_HERE}
        sellers = heapq.nsmallest(FEW, ranks & self.sellers)
        return heapq.nsmallest(LIMIT, [*(ranks - self.sellers), *sellers])

    def parts(self) -> list[memoryview]:
        return [*self._entries.parts(), self._ranks]


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
