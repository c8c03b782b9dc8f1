"""Text to token streams, once, for documents and queries alike (search.md, section 3)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from search.analysis.normalise import normalise
from search.analysis.pinyin import pinyin_of
from search.analysis.segment import cut
from search.analysis.stems import stem
from search.analysis.units import NUMBER, fold_number

SENTINEL = "_"
MAX_TOKEN = 200
SHORT = 2_000  # characters of a text that is remembered with its tokens
PHRASE = 12  # of a Han run that is remembered with its words: names of goods and phrases come again, sentences seldom
STOP = frozenset("的 了 和 与 及 或 the a an of and or for with in to и в на с из для по от".split())
_HAN, _LATIN, _CYRILLIC = r"[\u3400-\u9fff]+", "[a-z]+(?:'[a-z]+)?", "[а-я]+"
_CUT = re.compile(f"(?P<han>{_HAN})|(?P<number>{NUMBER})|(?P<latin>{_LATIN})|(?P<cyrillic>{_CYRILLIC})")
# To look ahead first skips what belongs to no run at once.
_RUNS = re.compile(rf"(?=[0-9a-zа-я\u3400-\u9fff])(?:{_HAN}|{NUMBER}|{_LATIN}|{_CYRILLIC})")
_FIRST_HAN = "\u3400"  # above every other letter and digit that a run begins with


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


def has_words(normalised: str) -> bool:
    """Whether there is anything to look for: letters of ours or a number."""
    return _RUNS.search(normalised) is not None


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


def _token(kind: str, text: str) -> str:
    return (fold_number(text) if kind == "number" else stem(text, kind))[:MAX_TOKEN]


def words(text: str) -> list[str]:
    return _words(_runs(text))


def pinyin_tokens(text: str) -> list[str]:
    """Per Han word of two characters or more: joined pinyin, and its initials behind an underscore."""
    return _pinyin(_han(_runs(text)))


def characters(text: str) -> list[str]:
    return _characters(_han(_runs(text)))


def streams(titles: Iterable[str], bodies: Iterable[str]) -> Streams:
    """`titles`: the names in all languages. `bodies`: descriptions, category and origin names. What was analysed lately
    is remembered: a product is written again for a price far more often than for its words."""
    words, bi, py, u = _title(" \n ".join(titles))
    body = " ".join(filter(None, map(_body, bodies)))
    return Streams(words=words, body=body or SENTINEL, bi=bi, py=py, u=u)


@lru_cache(maxsize=4_000)
def _title(text: str) -> tuple[str, str, str, str]:
    runs = _runs(text)
    han = _han(runs)
    return _join(_words(runs)), _join(_bigrams(han)), _join(_pinyin(han)), _join(_characters(han))


def forget_texts() -> None:
    """As in a process that starts now."""
    for kept in (_title, _short_body, _phrase, _sound):
        kept.cache_clear()


def _body(text: str) -> str:
    """Names of places, categories and sellers stand in the body of many documents."""
    return _short_body(text) if len(text) <= SHORT else " ".join(words(text))


@lru_cache(maxsize=4_000)
def _short_body(text: str) -> str:
    return " ".join(words(text))


def bigrams_of(run: str) -> list[str]:
    """Overlapping pairs; a run of one character is that character."""
    return [run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]


def _runs(text: str) -> list[str]:
    """The texts of `pieces`, without the pieces: a description has hundreds. What kind a run is, its first letter
    tells."""
    return _RUNS.findall(normalise(text))


def _han(runs: Iterable[str]) -> list[str]:
    return [run for run in runs if run >= _FIRST_HAN]


def _words(runs: Iterable[str]) -> list[str]:
    """The tokens of `words_of`."""
    return list(chain.from_iterable([_chinese(run) if run >= _FIRST_HAN else _plain(run) for run in runs]))


def _chinese(run: str) -> Sequence[str]:
    return _phrase(run) if len(run) <= PHRASE else _cut(run)


def _cut(run: str) -> list[str]:
    return [word[:MAX_TOKEN] for word in cut(run, guess=False) if word not in STOP]


@lru_cache(maxsize=20_000)
def _phrase(run: str) -> tuple[str, ...]:
    return tuple(_cut(run))


@lru_cache(maxsize=50_000)
def _plain(run: str) -> tuple[str, ...]:
    """The token of a run that is not Han; none of a stop word."""
    if run in STOP:
        return ()
    kind = "number" if run < "a" else "latin" if run < "а" else "cyrillic"
    return (_token(kind, run),)


def _bigrams(han: Iterable[str]) -> list[str]:
    return [pair for run in han for pair in bigrams_of(run)]


def _pinyin(han: Iterable[str]) -> list[str]:
    return list(chain.from_iterable([_sound(run) if len(run) <= PHRASE else _spoken(run) for run in han]))


def _spoken(run: str) -> list[str]:
    return [token for word in cut(run, guess=True) if len(word) >= 2 for token in pinyin_of(word)]


@lru_cache(maxsize=20_000)
def _sound(run: str) -> tuple[str, ...]:
    return tuple(_spoken(run))


def _characters(han: Iterable[str]) -> list[str]:
    return [character for run in han for character in run]


def _join(tokens: list[str]) -> str:
    return " ".join(tokens) or SENTINEL
