"""Text to token streams, once, for documents and queries alike (search.md, section 3)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import rjieba
import Stemmer
from pypinyin import Style, lazy_pinyin

from search.analysis.normalise import normalise
from search.analysis.units import NUMBER, fold_number

VERSION = 1
SENTINEL = "_"
MAX_TOKEN = 200
STOP = frozenset("的 了 和 与 及 或 the a an of and or for with in to и в на с из для по от".split())
_CUT = re.compile(rf"(?P<han>[\u3400-\u9fff]+)|(?P<number>{NUMBER})|(?P<latin>[a-z]+(?:'[a-z]+)?)|(?P<cyrillic>[а-я]+)")


@dataclass(frozen=True)
class Streams:
    """Space-separated tokens; an empty stream is the sentinel, so that every document has every field."""

    words: str
    body: str
    bi: str
    py: str
    u: str


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


def pieces(text: str) -> Iterator[Piece]:
    for match in _CUT.finditer(normalise(text)):
        yield Piece(match.lastgroup or "", match.group())


def words(text: str) -> list[str]:
    """Han words, stems, numbers and folded units, without stop words."""
    found: list[str] = []
    for piece in pieces(text):
        if piece.kind == "han":
            found.extend(_segmenter().cut_for_search(piece.text, hmm=False))
        elif piece.kind == "number":
            found.append(fold_number(piece.text))
        else:
            if piece.text not in STOP:
                found.append(stem(piece.text, piece.kind))
    return [token[:MAX_TOKEN] for token in found if token not in STOP]


def bigrams(text: str) -> list[str]:
    found: list[str] = []
    for piece in pieces(text):
        if piece.kind == "han":
            run = piece.text
            found.extend([run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)])
    return found


def pinyin_tokens(text: str) -> list[str]:
    """Per Han word of two characters or more: joined pinyin, and its initials behind an underscore."""
    found: list[str] = []
    for piece in pieces(text):
        if piece.kind == "han":
            for word in _segmenter().cut_for_search(piece.text, hmm=True):
                if len(word) >= 2:
                    found.extend(pinyin_of(word))
    return found


def characters(text: str) -> list[str]:
    return [character for piece in pieces(text) if piece.kind == "han" for character in piece.text]


def streams(titles: Iterable[str], bodies: Iterable[str]) -> Streams:
    title, body = " \n ".join(titles), " \n ".join(bodies)
    return Streams(
        words=_join(words(title)),
        body=_join(words(body)),
        bi=_join(bigrams(title)),
        py=_join(pinyin_tokens(title)),
        u=_join(characters(title)),
    )


def _join(tokens: list[str]) -> str:
    return " ".join(tokens) or SENTINEL


@lru_cache(maxsize=100_000)
def pinyin_of(word: str) -> tuple[str, str]:
    """`hongzao` and `_hz`; ü is written v."""
    syllables = lazy_pinyin(word, style=Style.NORMAL, v_to_u=False)
    return "".join(syllables), "_" + "".join(syllable[0] for syllable in syllables if syllable)


@lru_cache(maxsize=100_000)
def stem(word: str, kind: str) -> str:
    return str(_stemmer("russian" if kind == "cyrillic" else "english").stemWord(word))


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


@cache
def _segmenter() -> rjieba.Jieba:
    """Our own instance: the module-level one is shared by the whole process."""
    return rjieba.Jieba()
