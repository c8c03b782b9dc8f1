"""What words that nobody knows may be meant to be: longer ones, others one letter off, a sound misspelt."""

from collections.abc import Sequence

from search.analysis.concepts import Concepts
from search.analysis.pinyin import typed_pinyin
from search.analysis.streams import Word
from search.query.vocabulary import Vocabulary

MAX_PREFIXES = 50
MAX_SPELLINGS = 10
LEAST_PREFIX = 3


class Meant:
    """Of the words of one query. `written`: near spellings of a word, `heard`: near sounds of one; by token, the
    likeliest first, empty for what is right as it stands."""

    def __init__(self, words: Sequence[Word], concepts: Concepts, vocabulary: Vocabulary) -> None:
        self._words = words
        self._concepts = concepts
        self._vocabulary = vocabulary
        self.written = {word.token: self._written(word) for word in words}
        self.heard = {word.token: self._heard(word) for word in words}

    @property
    def is_any(self) -> bool:
        return any(self.written.values()) or any(self.heard.values())

    def is_last(self, word: Word) -> bool:
        return word is self._words[-1]

    def completions(self, word: Word) -> tuple[str, ...]:
        """What the last word may become while somebody types it."""
        if not self.is_last(word) or word.kind in ("han", "number") or len(word.text) < LEAST_PREFIX:
            return ()
        return self._vocabulary.words_from(word.text, MAX_PREFIXES)

    def is_sound(self, sound: str) -> bool:
        return self._vocabulary.has_sound(sound) or bool(self._concepts.sounding(sound))

    def words(self) -> list[Word]:
        """The words with unknown ones replaced by the likeliest known ones."""
        return [self._likeliest(word) for word in self._words]

    def corrected(self) -> str:
        """As a text; empty where nothing is replaced."""
        return " ".join(word.text for word in self.words()) if self.is_any else ""

    def _likeliest(self, word: Word) -> Word:
        """A near word that titles have before a near sound, and that before a word of the dictionary alone."""
        written, heard = self.written[word.token][:1], self.heard[word.token][:1]
        if written and (not heard or self._vocabulary.is_used(written[0])):
            return Word(word.kind, self._vocabulary.written(written[0], word.text), written[0])
        return Word(word.kind, heard[0], heard[0]) if heard else word

    def _written(self, word: Word) -> tuple[str, ...]:
        if word.kind not in ("latin", "cyrillic") or self.completions(word):
            return ()
        return self._vocabulary.near(word.text, word.token, MAX_SPELLINGS)

    def _heard(self, word: Word) -> tuple[str, ...]:
        """Of what is nothing else: no word, no beginning of one, and no sound."""
        if word.kind != "latin" or word.token in self._vocabulary or self.completions(word):
            return ()
        if any(self.is_sound(sound) or self._is_begun(sound) for sound in typed_pinyin(word.text)):
            return ()
        return self._vocabulary.near_sounds(word.text, MAX_SPELLINGS)

    def _is_begun(self, letters: str) -> bool:
        return bool(self._vocabulary.sounds_from(letters, 1) or self._concepts.sounds_from(letters, 1))
