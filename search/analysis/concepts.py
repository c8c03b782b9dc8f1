"""Synonyms at query time: which concept a run of query words names, and what else that is called.

Pure: the caller brings the concepts, from the built-in dictionary or from its own table. A change needs no reindex.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from search.analysis.dictionary import Entry, built_in
from search.analysis.pinyin import pinyin_of
from search.analysis.streams import Word, pieces, words_of

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """One thing: `names` are (language, name), the usual one of a language first. `asked` lead to it, too, but are no
    names of it: who asks for it does not mean what else they name (финик leads to jujubes, jujube not to dates)."""

    code: str
    kind: str
    names: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Match:
    """Words `start` to `end` of the query name a concept; `others` are its other names as tokens. `is_product`: it may
    be a product, not only a place, a grade or a form."""

    start: int
    end: int
    others: tuple[Tokens, ...]
    is_product: bool


def query_words(text: str) -> list[Word]:
    """Words of a query or of a name: of Han words that overlap only the longest (黑龙江 without 龙江)."""
    found: list[Word] = []
    for piece in pieces(text):
        here = list(words_of(piece))
        if piece.kind == "han":
            here = [word for word in here if not any(_is_inside(word, other) for other in here)]
        found.extend(here)
    return found


def _is_inside(word: Word, other: Word) -> bool:
    return word.text != other.text and word.text in other.text


class Concepts:
    """Names indexed by their tokens and, for Chinese ones of two characters or more, by their sound."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._names: dict[str, tuple[Tokens, ...]] = {}
        self._products: dict[str, tuple[str, ...]] = {}  # with their usual names
        self._beginnings: dict[str, list[tuple[Tokens, str]]] = {}
        self._codes: dict[Tokens, dict[str, set[str]]] = {}
        self._sounds: dict[str, list[str]] = {}
        self._spellings: set[tuple[str, str]] = set()
        for concept in concepts:
            self._add(concept)
        self._sorted_sounds = sorted(self._sounds)
        self._longest = max(map(len, self._codes), default=0)

    def _add(self, concept: Concept) -> None:
        names: dict[Tokens, None] = {}
        for _, name in concept.names:
            words = query_words(name)
            if words:
                tokens = _tokens(words)
                names[tokens] = None
                self._codes.setdefault(tokens, {}).setdefault(concept.code, set()).add(_text(words))
                self._spellings.update((word.token, word.text) for word in words if word.kind in ("latin", "cyrillic"))
            run = "".join(word.text for word in words)
            if len(run) >= 2 and all(word.kind == "han" for word in words):
                codes = self._sounds.setdefault(pinyin_of(run)[0], [])
                codes.extend([concept.code] if concept.code not in codes else [])
        for _, name in concept.asked:
            words = query_words(name)
            self._codes.setdefault(_tokens(words), {}).setdefault(concept.code, set()).add(_text(words))
        self._names[concept.code] = tuple(names)
        if concept.kind == "product":
            self._products[concept.code] = tuple(dict(reversed(concept.names)).values())
            for tokens in names:
                self._beginnings.setdefault(tokens[0], []).append((tokens, concept.code))

    def match(self, words: Sequence[Word]) -> list[Match]:
        """Runs of words that name something, longest first, the whole query before all; they do not overlap."""
        taken: set[int] = set()
        found: list[Match] = []
        for length in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                run = words[start : start + length]
                if _tokens(run) in self._codes and taken.isdisjoint(range(start, start + length)):
                    taken.update(range(start, start + length))
                    found.append(self._match(start, start + length, run))
        return sorted(found, key=lambda match: match.start)

    def _match(self, start: int, end: int, run: Sequence[Word]) -> Match:
        """Where a stem fits several concepts (Цзянсу, Цзянси), the spelling decides."""
        codes = self._codes[_tokens(run)]
        spelled = [code for code, texts in codes.items() if _text(run) in texts] or list(codes)
        others = self._others(spelled, _tokens(run))
        return Match(start, end, others, any(code in self._products for code in spelled))

    def goods_in(self, tokens: frozenset[str]) -> set[str]:
        """Codes of the products that a title of these tokens names."""
        begun = (name for token in tokens for name in self._beginnings.get(token, ()))
        return {code for name, code in begun if tokens.issuperset(name)}

    def usual_names(self, code: str) -> tuple[str, ...]:
        """Of a product, what it is usually called in each language."""
        return self._products[code]

    def knows(self, text: str) -> bool:
        """Whether the text as a whole is a name of something."""
        return _tokens(query_words(text)) in self._codes

    def named(self, *tokens: str) -> tuple[Tokens, ...]:
        """Other names of what these tokens name."""
        return self._others(self._codes.get(tokens, {}), tokens)

    def sounding(self, sound: str) -> tuple[Tokens, ...]:
        """All names of what sounds so in Chinese."""
        return self._others(self._sounds.get(sound, []), ())

    def sounds_from(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Sounds of Chinese names that begin so, in order."""
        start = bisect_left(self._sorted_sounds, prefix)
        end = bisect_left(self._sorted_sounds, prefix + "\U0010ffff", lo=start)
        return tuple(self._sorted_sounds[start:end][:limit])

    def sounds(self) -> tuple[str, ...]:
        """Of all Chinese names of two characters or more."""
        return tuple(self._sorted_sounds)

    def spellings(self) -> frozenset[tuple[str, str]]:
        """Latin and Cyrillic tokens of all names and how they are written: right whether or not a product uses them."""
        return frozenset(self._spellings)

    def _others(self, codes: Iterable[str], own: Tokens) -> tuple[Tokens, ...]:
        """Without the names that hold the own one (red jujube for jujube) and the same words in another order."""
        names: dict[frozenset[str], Tokens] = {}
        for name in (name for code in codes for name in self._names[code]):
            if not own or not set(own) <= set(name):
                names.setdefault(frozenset(name), name)
        return tuple(names.values())


def _tokens(words: Sequence[Word]) -> Tokens:
    return tuple(word.token for word in words)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def concepts_of(entries: Iterable[Entry]) -> Concepts:
    return Concepts(Concept(entry.code, entry.kind, entry.names, entry.asked) for entry in entries)


@cache
def built_in_concepts() -> Concepts:
    return concepts_of(built_in())


NO_CONCEPTS = Concepts(())
