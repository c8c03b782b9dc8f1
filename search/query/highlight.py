"""Mark in a text what a query meant, by the same analysis that found it. Pure; the answer is safe HTML."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from search.analysis.normalise import Mapped, normalise_mapped
from search.analysis.pinyin import pinyin_of
from search.analysis.segment import locate
from search.analysis.streams import STOP, Piece, pieces_of, token_of
from search.query.marks import Marks

OPEN, CLOSE = "<mark>", "</mark>"
Span = tuple[int, int]


@dataclass(frozen=True)
class _Place:
    token: str
    start: int
    end: int


def highlight(text: str, marks: Marks) -> str:
    """The text, escaped, with `<mark>` around words, names and sounds of the query. Places are found in the normalised
    text and led back to the raw one, whose length may differ (㎏, 葡萄乾, ё)."""
    mapped, pieces, places = _read(text)
    spans = [*_words(places, marks), *_written(pieces, marks), *_sounds(pieces, marks)]
    raw = [(mapped.starts[start], mapped.ends[end - 1]) for start, end in spans if start < end]
    return "".join(_marked(text, _merged(raw)))


@lru_cache(maxsize=2_000)
def _read(text: str) -> tuple[Mapped, tuple[Piece, ...], tuple[_Place, ...]]:
    """The same names are shown again and again."""
    mapped = normalise_mapped(text)
    pieces = tuple(pieces_of(mapped.text))
    return mapped, pieces, tuple(place for piece in pieces for place in _places(piece))


def _words(places: Sequence[_Place], marks: Marks) -> Iterator[Span]:
    """Single tokens, and names of several that stand in a row."""
    tokens = [place.token for place in places]
    for place in places:
        if place.token in marks.tokens:
            yield place.start, place.end
    for name in marks.names:
        for first in range(len(tokens) - len(name) + 1):
            if tuple(tokens[first : first + len(name)]) == name:
                yield places[first].start, places[first + len(name) - 1].end


def _places(piece: Piece) -> Iterator[_Place]:
    if piece.kind == "han":
        for word, start, end in locate(piece.text, guess=False):
            yield _Place(word, piece.start + start, piece.start + end)
    elif piece.text not in STOP:
        yield _Place(token_of(piece), piece.start, piece.start + len(piece.text))


def _written(pieces: Iterable[Piece], marks: Marks) -> Iterator[Span]:
    """Chinese words of the query wherever they are written, even where the text is cut otherwise."""
    names = {name[0] for name in marks.names if len(name) == 1}
    for piece in pieces:
        for word in (marks.tokens | names) if piece.kind == "han" else ():
            start = piece.text.find(word)
            while start >= 0:
                yield piece.start + start, piece.start + start + len(word)
                start = piece.text.find(word, start + 1)


def _sounds(pieces: Iterable[Piece], marks: Marks) -> Iterator[Span]:
    for piece in pieces:
        if piece.kind == "han" and marks.sounds:
            for word, start, end in _heard(piece.text):
                if len(word) >= 2 and not marks.sounds.isdisjoint(pinyin_of(word)):
                    yield piece.start + start, piece.start + end


@lru_cache(maxsize=4_000)
def _heard(run: str) -> tuple[tuple[str, int, int], ...]:
    return tuple(locate(run, guess=True))


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _marked(text: str, spans: Iterable[Span]) -> Iterator[str]:
    at = 0
    for start, end in spans:
        yield f"{escape(text[at:start])}{OPEN}{escape(text[start:end])}{CLOSE}"
        at = end
    yield escape(text[at:])
