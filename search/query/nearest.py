"""The known name a text looks most like, to be offered to a person. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from search.analysis.normalise import normalise

LIKE_ENOUGH = 0.4  # of the pieces of both: 红枣 for 罗布泊红枣, walnut for walnutts


def _pieces(text: str) -> frozenset[str]:
    """Single characters of Chinese, pairs of all."""
    plain = normalise(text).replace(" ", "")
    return frozenset([char for char in plain if char >= "\u2e80"] + [plain[n : n + 2] for n in range(len(plain) - 1)])


class Nearest:
    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._sizes = [len(_pieces(name)) for name in self._names]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            for piece in _pieces(name):
                self._places[piece].append(place)

    def name(self, text: str) -> str:
        """Empty where none is like it, or where it is a known name itself."""
        pieces = _pieces(text)
        shared = Counter(place for piece in pieces for place in self._places.get(piece, ()))
        best = max(
            ((2 * count / (len(pieces) + self._sizes[place]), -place) for place, count in shared.items()),
            default=(0.0, 0),
        )
        name = self._names[-best[1]] if best[0] >= LIKE_ENOUGH else ""
        return "" if normalise(name) == normalise(text) else name
