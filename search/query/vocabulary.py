"""What the titles of the index are made of: words by prefix, sounds by prefix, words by likeness. In memory, built with
the index, saved beside it with its version."""

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from search.analysis.pinyin import blurred
from search.analysis.streams import SENTINEL, pieces, token_of
from search.query.packed import pack, unpack
from search.query.spelling import Deletions, alignment_distance

MIN_WORD, MIN_SOUND = 3, 5
_LETTERS = ("latin", "cyrillic")


class StaleVocabulary(Exception):
    """There is none, or it cannot be read, or it belongs to another index version: build it again."""


class Vocabulary:
    """`words`: token -> (count, how it is written, mostly so first), Latin and Cyrillic, three letters or more; count 0
    stands for a right spelling no title uses. `sounds`: joined pinyin -> count, 0 likewise."""

    def __init__(self, words: Mapping[str, tuple[int, tuple[str, ...]]], sounds: Mapping[str, int]) -> None:
        self._words = dict(words)
        self._sounds = dict(sounds)
        self._sorted_words = sorted(self._words)
        self._sorted_sounds = sorted(self._sounds)
        self._forms = {form: token for token, (_, forms) in self._words.items() for form in (*forms, token)}

    def __contains__(self, token: str) -> bool:
        return token in self._words

    def is_used(self, token: str) -> bool:
        """In a title, and not only right."""
        return token in self._words and self._words[token][0] > 0

    def has_sound(self, sound: str) -> bool:
        return self._sounds.get(sound, 0) > 0

    def written(self, token: str, like: str) -> str:
        """The form of a token nearest to what was typed, then the usual one."""
        forms = self._words[token][1] if token in self._words else (token,)
        return min(forms, key=lambda form: alignment_distance(form, like, len(like)))

    def words_from(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Tokens that begin so, the most frequent first."""
        found = _range(self._sorted_words, prefix)
        return tuple(sorted(found, key=lambda token: (-self._words[token][0], token))[:limit])

    def sounds_from(self, prefix: str, limit: int) -> tuple[str, ...]:
        found = filter(self.has_sound, _range(self._sorted_sounds, prefix))
        return tuple(sorted(found, key=lambda sound: (-self._sounds[sound], sound))[:limit])

    def near(self, text: str, token: str, limit: int) -> tuple[str, ...]:
        """Tokens likely meant by a word written so, nearest first, then the most frequent. Written forms are compared
        too: a typo may well change the stem. Empty for a known word."""
        if token in self._words:
            return ()
        distances: dict[str, int] = {}
        for typed in {text, token}:
            for form, distance in self._deletions.near(typed):
                known = self._forms[form]
                distances[known] = min(distance, distances.get(known, distance))
        found = sorted(distances, key=lambda known: (distances[known], -self._words[known][0], known))
        return tuple(found[:limit])

    def near_sounds(self, letters: str, limit: int) -> tuple[str, ...]:
        """Sounds likely meant by letters that are none: those many people do not tell apart first, then the most
        frequent. One letter off, and only of long ones, for short syllables are all alike."""
        if len(letters) < MIN_SOUND or letters in self._sounds:
            return ()
        found = (sound for sound, _ in self._sound_deletions.near(letters))
        heard = blurred(letters)
        return tuple(sorted(found, key=lambda sound: (blurred(sound) != heard, -self._sounds[sound], sound))[:limit])

    def apart(self, text: str) -> tuple[str, str] | None:
        """Two known words that somebody wrote as one, as tokens: the pair whose rarer word is the most frequent."""
        pairs = [
            (self._forms[text[:place]], self._forms[text[place:]])
            for place in range(MIN_WORD, len(text) - MIN_WORD + 1)
            if text[:place] in self._forms and text[place:] in self._forms
        ]
        return max(pairs, key=lambda pair: (min(self._words[token][0] for token in pair), pair), default=None)

    def load_spelling(self) -> None:
        """Of words that were counted here and not loaded, two seconds for 40,000: not by who mistypes first."""
        _ = self._deletions, self._sound_deletions

    @cached_property
    def _deletions(self) -> Deletions:
        return Deletions.of(list(self._forms))

    @cached_property
    def _sound_deletions(self) -> Deletions:
        return Deletions.of(self._long_sounds, most=1)

    @cached_property
    def _long_sounds(self) -> list[str]:
        return [sound for sound in self._sounds if len(sound) >= MIN_SOUND]

    def save(self, path: Path, version: str) -> None:
        """Replaces the file in one step."""
        words = [[token, count, *forms] for token, (count, forms) in self._words.items()]
        parts = [self._deletions.part(), self._sound_deletions.part()]
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_bytes(pack({"version": version, "words": words, "sounds": self._sounds}, parts))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path, version: str) -> "Vocabulary":
        """Ready to correct. Raises StaleVocabulary."""
        try:
            saved, (deletions, sound_deletions) = unpack(path.read_bytes())
            words = {str(row[0]): (int(row[1]), tuple(map(str, row[2:]))) for row in saved["words"]}
            vocabulary = cls(words, {str(sound): int(count) for sound, count in saved["sounds"].items()})
            vocabulary._deletions = Deletions(list(vocabulary._forms), deletions)
            vocabulary._sound_deletions = Deletions(vocabulary._long_sounds, sound_deletions, most=1)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise StaleVocabulary(f"{path}: {error}") from error
        if saved["version"] != version:
            raise StaleVocabulary(f"{path}: version {saved['version']}, wanted {version}")
        return vocabulary


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

    def build(self, spellings: Iterable[tuple[str, str]] = (), sounds: Iterable[str] = ()) -> Vocabulary:
        """`spellings`: tokens and how they are written, for words that are right though no title may have them;
        `sounds` likewise."""
        written = {token: Counter(forms) for token, forms in self._written.items()}
        for token, form in sorted(spellings):
            if len(token) >= MIN_WORD:
                written.setdefault(token, Counter())[form] += 0
        words = {
            token: (forms.total(), tuple(sorted(forms, key=lambda form: (-forms[form], form))))
            for token, forms in written.items()
        }
        return Vocabulary(words, dict.fromkeys(sorted(sounds), 0) | self._sounds)


def _range(keys: list[str], prefix: str) -> list[str]:
    start = bisect_left(keys, prefix)
    return keys[start : bisect_left(keys, prefix + "\U0010ffff", lo=start)]


EMPTY_VOCABULARY = Vocabulary({}, {})
