"""Near words without an automaton: every known word is filed under itself with one letter left out (two for long ones);
a mistyped word, with letters left out too, meets it there. Accepted by optimal string alignment distance: 1 from four
letters, 2 from eight."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from zlib import crc32

MIN_LETTERS = 4
TWO_ERRORS_FROM = 8
TWO_GAPS_FROM = 7
NUMBERS = 2**32


def allowed_errors(word: str) -> int:
    """0: too short to be corrected."""
    return 0 if len(word) < MIN_LETTERS else 1 if len(word) < TWO_ERRORS_FROM else 2


class Deletions:
    """The index of shortened words, eight bytes for each: its checksum, then the number of the word it was made of. Two
    that share a checksum cost a comparison, no more. 40,000 words make 225,000 of them and take two seconds, so they
    are saved; a third of it where no more than one error is to be found (`most`)."""

    def __init__(self, words: Sequence[str], filed: memoryview, most: int = 2) -> None:
        self._words, self._filed, self._most = words, filed.cast("B").cast("Q"), most

    @classmethod
    def of(cls, words: Sequence[str], most: int = 2) -> "Deletions":
        filed = (
            _mark(key) | number
            for number, word in enumerate(words)
            for key in _shortened(word, min(most, 2 if len(word) >= TWO_GAPS_FROM else 1))
        )
        return cls(words, memoryview(array("Q", sorted(filed))), most)

    def near(self, word: str) -> Iterator[tuple[str, int]]:
        """Known words within the allowed distance, each with its distance; in no order."""
        errors = min(self._most, allowed_errors(word))
        if errors:
            for number in {number for key in _shortened(word, errors) for number in self._under(key)}:
                distance = alignment_distance(word, self._words[number], errors)
                if distance <= errors:
                    yield self._words[number], distance

    def _under(self, key: str) -> Iterator[int]:
        mark = _mark(key)
        place = bisect_left(self._filed, mark)
        while place < len(self._filed) and self._filed[place] < mark + NUMBERS:
            yield self._filed[place] - mark
            place += 1

    def part(self) -> memoryview:
        """As it is saved."""
        return self._filed


def _mark(key: str) -> int:
    return crc32(key.encode()) * NUMBERS


def _shortened(word: str, gaps: int) -> set[str]:
    found = {word}
    fresh = {word}
    for _ in range(gaps):
        fresh = {text[:place] + text[place + 1 :] for text in fresh for place in range(len(text))}
        found |= fresh
    return found


def alignment_distance(first: str, second: str, limit: int) -> int:
    """Letters missing, added, wrong or swapped with their neighbour; `limit` + 1 stands for anything beyond it."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        line = [row]
        for column, other in enumerate(second, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return min(last[-1], limit + 1)
