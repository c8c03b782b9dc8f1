import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.packed import Filed, Texts, numbers, pack, unpack

_KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@given(st.lists(_KEYS))
def test_texts_are_found_by_number(texts: list[str]) -> None:
    packed = Texts.of(text.encode() for text in texts)

    assert [packed[number].decode() for number in range(len(packed))] == texts


@given(st.lists(st.tuples(_KEYS, st.integers(0, 2**32 - 1))), _KEYS)
def test_numbers_are_found_by_the_beginning_of_their_text(pairs: list[tuple[str, int]], prefix: str) -> None:
    filed = Filed.of(pairs)

    assert sorted(filed.begun(prefix)) == sorted(number for key, number in pairs if key.startswith(prefix))
    assert list(filed.keys()) == sorted({key for key, _ in pairs})


def test_what_was_packed_is_the_same_again() -> None:
    head, parts = unpack(pack({"version": "1"}, [numbers([1, 2]), memoryview(b""), memoryview(b"abc\n")]))

    assert (head["version"], [bytes(part) for part in parts]) == ("1", [bytes(numbers([1, 2])), b"", b"abc\n"])


WHOLE = zlib.decompress(pack({}, [memoryview(b"abc")])[8:])


def sized(content: bytes) -> bytes:
    return len(content).to_bytes(8, "little") + zlib.compress(content)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n", b'{"sizes": 3}\n', WHOLE[:-1], WHOLE[:9], WHOLE + b"d"])
def test_what_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack(sized(content))


@pytest.mark.parametrize("packed", [b"", b'{"version": "v1"}', pack({}, [])[:-1]])
def test_what_nobody_packed_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(packed)


def test_what_another_kind_of_machine_packed_is_refused() -> None:
    with pytest.raises(ValueError, match="byte order"):
        unpack(sized(WHOLE.replace(sys.byteorder.encode(), b"middle")))
