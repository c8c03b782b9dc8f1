"""Many short texts in one long piece of memory, which is what is saved. As Python's own objects they would take five
times as much, and every process that only looks at them would copy them by counting who holds them."""

import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Any

import orjson

MOST_COMPRESSED = 1_032  # times, by zlib


class Texts:
    """Texts by number."""

    def __init__(self, content: memoryview, ends: memoryview) -> None:
        """`ends`: where each text ends in the content, in UTF-8."""
        self._content, self._ends = content, as_numbers(ends)

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> "Texts":
        known = list(texts)
        return cls(memoryview(b"".join(known)), numbers(accumulate(map(len, known))))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        ends = self._ends
        return bytes(self._content[ends[number - 1] if number else 0 : ends[number]])

    def first(self, text: bytes) -> int:
        """Of texts in order the number of the first that is not before this one."""
        return bisect_left(range(len(self)), text, key=self.__getitem__)

    def parts(self) -> list[memoryview]:
        return [self._content, self._ends]


class Filed:
    """Numbers filed under texts, found by how a text begins."""

    def __init__(self, keys: Texts, ends: memoryview, filed: memoryview) -> None:
        """`keys` in order, each once; `ends`: where its numbers end."""
        self._keys, self._ends, self._filed = keys, as_numbers(ends), as_numbers(filed)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]]) -> "Filed":
        ordered = sorted((key.encode(), number) for key, number in pairs)
        groups = [(key, [number for _, number in group]) for key, group in groupby(ordered, lambda pair: pair[0])]
        ends = numbers(accumulate(len(filed) for _, filed in groups))
        return cls(Texts.of(key for key, _ in groups), ends, numbers(number for _, number in ordered))

    def begun(self, prefix: str) -> memoryview:
        """All numbers under texts that begin so; one may come several times."""
        begin = prefix.encode()
        first, last = self._keys.first(begin), self._keys.first(begin + b"\xff")
        return self._filed[self._ends[first - 1] if first else 0 : self._ends[last - 1] if last else 0]

    def keys(self) -> Iterable[str]:
        return (self._keys[number].decode() for number in range(len(self._keys)))

    def parts(self) -> list[memoryview]:
        return [*self._keys.parts(), self._ends, self._filed]


def numbers(values: Iterable[int]) -> memoryview:
    """From 0 to 2^32 - 1, four bytes each."""
    return memoryview(array("I", values))


def as_numbers(part: memoryview) -> memoryview:
    return part.cast("B").cast("I")


def pack(head: dict[str, Any], parts: Sequence[memoryview]) -> bytes:
    """The size of what follows, and it compressed: the head as a line of JSON, then the parts as they are."""
    sizes = [part.nbytes for part in parts]
    whole = b"".join((orjson.dumps({**head, "sizes": sizes, "byteorder": sys.byteorder}), b"\n", *parts))
    return len(whole).to_bytes(8, "little") + zlib.compress(whole, level=1)


def unpack(packed: bytes) -> tuple[dict[str, Any], list[memoryview]]:
    """The parts are views of one piece. ValueError, KeyError or TypeError: not packed, or not whole, or by another kind
    of machine."""
    size = int.from_bytes(packed[:8], "little")
    if size > MOST_COMPRESSED * len(packed):
        raise ValueError("not packed")
    try:
        content = zlib.decompress(packed[8:], bufsize=size)  # in one piece from the beginning
    except zlib.error as error:
        raise ValueError(str(error)) from error
    begin = content.index(b"\n") + 1
    head = orjson.loads(content[:begin])
    ends = list(accumulate(head["sizes"], initial=begin))
    if ends[-1] != len(content) or head["byteorder"] != sys.byteorder:
        raise ValueError("not whole, or of another byte order")
    return head, [memoryview(content)[start:end] for start, end in pairwise(ends)]
