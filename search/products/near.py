"""What may have been meant where nothing was found: known words that begin like those of the text."""

from search.analysis.concepts import query_words
from search.analysis.pinyin import pinyin_of
from search.analysis.streams import Word
from search.products.words import search_vocabulary
from search.query.vocabulary import Vocabulary

LEAST = 3  # letters that two words must share to be alike at all
WORDS = 6
CANDIDATES = 2


def near_texts(text: str, limit: int) -> tuple[str, ...]:
    """Texts to search instead, those that share the longest beginning first; Chinese is compared by its sound. From
    memory, no statement."""
    vocabulary = search_vocabulary()
    shared: dict[str, int] = {}
    for word in query_words(text)[:WORDS]:
        size, alike = _alike(word, vocabulary)
        for other in alike:
            shared[other] = max(size, shared.get(other, 0))
    return tuple(sorted(shared, key=lambda other: -shared[other])[:limit])


def _alike(word: Word, vocabulary: Vocabulary) -> tuple[int, list[str]]:
    """How many letters are shared, and the most frequent words and sounds that share them; near spellings share all."""
    letters = pinyin_of(word.text)[0] if word.kind == "han" else word.text
    if word.kind == "number" or not letters:
        return 0, []
    if word.kind != "han" and (meant := vocabulary.near(word.text, word.token, CANDIDATES)):
        return len(letters), [vocabulary.written(token, word.text) for token in meant]
    for size in range(len(letters), LEAST - 1, -1):
        tokens = () if word.kind == "han" else vocabulary.words_from(letters[:size], CANDIDATES)
        found = [vocabulary.written(token, letters) for token in tokens]
        found += vocabulary.sounds_from(letters[:size], CANDIDATES)
        if found:
            return size, found
    return 0, []
