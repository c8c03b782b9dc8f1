"""Text to token streams, once, for documents and queries alike (search.md, section 3)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from search.analysis.normalise import normalise
from search.analysis.pinyin import pinyin_of
from search.analysis.segment import cut
from search.analysis.stems import stem
from search.analysis.units import NUMBER, fold_number

SENTINEL = "_"
MAX_TOKEN = 200
SHORT = 2_000  # characters of a text that is remembered with its tokens
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


class Piece(NamedTuple):
    """A run of one script (`han`, `number`, `latin`, `cyrillic`) and where it stands in the normalised text."""

    kind: str
    text: str
    start: int = 0


class Word(NamedTuple):
    """`text` as it was written (normalised), `token` as it is indexed."""

    kind: str
    text: str
    token: str


def pieces(text: str) -> Iterator[Piece]:
    return pieces_of(normalise(text))


def pieces_of(normalised: str) -> Iterator[Piece]:
    for match in _CUT.finditer(normalised):
        yield Piece(match.lastgroup or "", match.group(), match.start())


def words_of(piece: Piece) -> Iterator[Word]:
    """Han words, stems, numbers and folded units, without stop words."""
    if piece.kind == "han":
        for word in cut(piece.text, guess=False):
            if word not in STOP:
                yield Word("han", word[:MAX_TOKEN], word[:MAX_TOKEN])
    elif piece.text not in STOP:
        yield Word(piece.kind, piece.text[:MAX_TOKEN], token_of(piece))


def token_of(piece: Piece) -> str:
    """The one token of a piece that is not Han."""
    return _token(piece.kind, piece.text)


@lru_cache(maxsize=50_000)
def _token(kind: str, text: str) -> str:
    return (fold_number(text) if kind == "number" else stem(text, kind))[:MAX_TOKEN]


def words(text: str) -> list[str]:
    return _words(pieces(text))


def pinyin_tokens(text: str) -> list[str]:
    """Per Han word of two characters or more: joined pinyin, and its initials behind an underscore."""
    return _pinyin(pieces(text))


def characters(text: str) -> list[str]:
    return _characters(pieces(text))


def streams(titles: Iterable[str], bodies: Iterable[str]) -> Streams:
    """`titles`: the names in all languages. `bodies`: descriptions, category and origin names. What was analysed lately
    is remembered: a product is written again for a price far more often than for its words."""
    words, bi, py, u = _title(" \n ".join(titles))
    body = " ".join(filter(None, map(_body, bodies)))
    return Streams(words=words, body=body or SENTINEL, bi=bi, py=py, u=u)


@lru_cache(maxsize=4_000)
def _title(text: str) -> tuple[str, str, str, str]:
    title = list(pieces(text))
    return _join(_words(title)), _join(_bigrams(title)), _join(_pinyin(title)), _join(_characters(title))


def forget_texts() -> None:
    """As in a process that starts now."""
    _title.cache_clear()
    _short_body.cache_clear()


def _body(text: str) -> str:
    """Names of places, categories and sellers stand in the body of many documents."""
    return _short_body(text) if len(text) <= SHORT else " ".join(_words(pieces(text)))


@lru_cache(maxsize=4_000)
def _short_body(text: str) -> str:
    return " ".join(_words(pieces(text)))


def bigrams_of(run: str) -> list[str]:
    """Overlapping pairs; a run of one character is that character."""
    return [run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]


def _words(found: Iterable[Piece]) -> list[str]:
    """The tokens of `words_of`, without the words: a description has hundreds."""
    tokens: list[str] = []
    for kind, text, _ in found:
        if kind == "han":
            tokens.extend([word[:MAX_TOKEN] for word in cut(text, guess=False) if word not in STOP])
        elif text not in STOP:
            tokens.append(_token(kind, text))
    return tokens


def _bigrams(found: Iterable[Piece]) -> list[str]:
    return [pair for piece in found if piece.kind == "han" for pair in bigrams_of(piece.text)]


def _pinyin(found: Iterable[Piece]) -> list[str]:
    runs = (piece.text for piece in found if piece.kind == "han")
    words = (word for run in runs for word in cut(run, guess=True) if len(word) >= 2)
    return [token for word in words for token in pinyin_of(word)]


def _characters(found: Iterable[Piece]) -> list[str]:
    return [character for piece in found if piece.kind == "han" for character in piece.text]


def _join(tokens: list[str]) -> str:
    return " ".join(tokens) or SENTINEL
