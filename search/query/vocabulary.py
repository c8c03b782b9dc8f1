"""What the titles of the index are made of: words by prefix, sounds by prefix, words by likeness. In memory, built with
the index, saved beside it with its version."""

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import orjson

from search.analysis.streams import SENTINEL, pieces, token_of
from search.query.spelling import MIN_LETTERS, Deletions

MIN_WORD = 3
_LETTERS = ("latin", "cyrillic")


class StaleVocabulary(Exception):
    """There is none, or it cannot be read, or it belongs to another index version: build it again."""


class Vocabulary:
    """`words`: token -> (count, how it is mostly written), Latin and Cyrillic, three letters or more; count 0 stands for
    a right spelling no title uses. `sounds`: joined pinyin -> count."""

    def __init__(self, words: Mapping[str, tuple[int, str]], sounds: Mapping[str, int]) -> None:
        self._words = dict(words)
        self._sounds = dict(sounds)
        self._sorted_words = sorted(self._words)
        self._sorted_sounds = sorted(self._sounds)

    def __contains__(self, token: str) -> bool:
        return token in self._words

    def written(self, token: str) -> str:
        return self._words[token][1] if token in self._words else token

    def words_from(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Tokens that begin so, the most frequent first."""
        found = _range(self._sorted_words, prefix)
        return tuple(sorted(found, key=lambda token: (-self._words[token][0], token))[:limit])

    def sounds_from(self, prefix: str, limit: int) -> tuple[str, ...]:
        found = _range(self._sorted_sounds, prefix)
        return tuple(sorted(found, key=lambda sound: (-self._sounds[sound], sound))[:limit])

    def near(self, token: str, limit: int) -> tuple[str, ...]:
        """Likely meant words, nearest first, then the most frequent. Empty for a known word, for digits and for short
        ones."""
        if token in self._words or len(token) < MIN_LETTERS or any(letter.isdigit() for letter in token):
            return ()
        found = sorted(self._deletions.near(token), key=lambda pair: (pair[1], -self._words[pair[0]][0], pair[0]))
        return tuple(candidate for candidate, _ in found[:limit])

    def load_spelling(self) -> None:
        """Two seconds for 40,000 words: when a process starts, not by the first visitor who mistypes."""
        _ = self._deletions

    @cached_property
    def _deletions(self) -> Deletions:
        return Deletions(self._sorted_words)

    def save(self, path: Path, version: str) -> None:
        """Replaces the file in one step."""
        words = [[token, count, written] for token, (count, written) in self._words.items()]
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_bytes(orjson.dumps({"version": version, "words": words, "sounds": self._sounds}))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path, version: str) -> "Vocabulary":
        try:
            saved = orjson.loads(path.read_bytes())
            if saved["version"] != version:
                raise StaleVocabulary(f"{path}: version {saved['version']}, wanted {version}")
            words = {str(token): (int(count), str(written)) for token, count, written in saved["words"]}
            return cls(words, {str(sound): int(count) for sound, count in saved["sounds"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StaleVocabulary(f"{path}: {error}") from error


class VocabularyBuilder:
    """Fed with the titles of every document and with its `py` stream."""

    def __init__(self) -> None:
        self._written: dict[str, Counter[str]] = {}
        self._sounds: Counter[str] = Counter()

    def add(self, titles: Iterable[str], py: str) -> None:
        for title in titles:
            for piece in pieces(title):
                token = token_of(piece) if piece.kind in _LETTERS else ""
                if len(token) >= MIN_WORD:
                    self._written.setdefault(token, Counter())[piece.text] += 1
        self._sounds.update(sound for sound in py.split() if not sound.startswith(SENTINEL))

    def build(self, spellings: Mapping[str, str] | None = None) -> Vocabulary:
        """`spellings`: token -> how it is written, for words that are right though no title has them."""
        words = {token: (0, written) for token, written in (spellings or {}).items() if len(token) >= MIN_WORD}
        for token, forms in self._written.items():
            written = min(forms, key=lambda form: (-forms[form], form))
            words[token] = (forms.total(), written)
        return Vocabulary(words, self._sounds)


def _range(keys: list[str], prefix: str) -> list[str]:
    start = bisect_left(keys, prefix)
    return keys[start : bisect_left(keys, prefix + "\U0010ffff", lo=start)]


EMPTY_VOCABULARY = Vocabulary({}, {})
