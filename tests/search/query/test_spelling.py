import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.spelling import Deletions, alignment_distance, allowed_errors

_WORDS = st.text("abcde", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("typed", "known", "distance"),
    [
        ("jujueb", "jujube", 1),
        ("ujube", "jujube", 1),
        ("jujubes", "jujube", 1),
        ("jujuba", "jujube", 1),
        ("клубинка", "клубника", 1),
        ("ca", "abc", 3),
        ("walnut", "peanut", 3),
        ("same", "same", 0),
    ],
)
def test_distance(typed: str, known: str, distance: int) -> None:
    assert alignment_distance(typed, known, 5) == distance


@given(_WORDS, _WORDS)
def test_distance_is_symmetric_and_zero_only_for_the_same(first: str, second: str) -> None:
    assert alignment_distance(first, second, 9) == alignment_distance(second, first, 9)
    assert (alignment_distance(first, second, 9) == 0) == (first == second)


@given(st.lists(_WORDS, max_size=20), _WORDS)
def test_near_finds_exactly_what_a_comparison_with_every_word_finds(known: list[str], typed: str) -> None:
    limit = allowed_errors(typed)
    expected = {
        (word, alignment_distance(typed, word, limit))
        for word in known
        if limit and alignment_distance(typed, word, limit) <= limit
    }

    assert set(Deletions.of(sorted(set(known))).near(typed)) == expected


@pytest.mark.parametrize(("word", "errors"), [("abc", 0), ("abcd", 1), ("abcdefg", 1), ("abcdefgh", 2)])
def test_allowed_errors_grow_with_length(word: str, errors: int) -> None:
    assert allowed_errors(word) == errors
