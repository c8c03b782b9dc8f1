import pypinyin
from hypothesis import given
from hypothesis import strategies as st
from pypinyin.constants import PHRASES_DICT

from search.analysis.pinyin import pinyin_of
from search.analysis.readings import FIRST, LAST, syllables

_WORDS = sorted(PHRASES_DICT)
_RUNS = st.lists(
    st.one_of(
        st.sampled_from(_WORDS),
        st.sampled_from(_WORDS).flatmap(lambda word: st.integers(1, len(word)).map(lambda size: word[:size])),
        st.characters(min_codepoint=FIRST, max_codepoint=LAST),
        st.sampled_from("ab1 ,é䷀䷁"),
    ),
    max_size=6,
).map("".join)


def library(text: str) -> list[str]:
    return list(pypinyin.lazy_pinyin(text, style=pypinyin.Style.NORMAL, v_to_u=False))


def test_every_word_of_the_library_is_read_as_it_reads_it() -> None:
    assert [word for word in _WORDS if list(syllables(word)) != library(word)] == []


def test_every_character_is_read_as_the_library_reads_it() -> None:
    characters = [chr(code) for code in range(FIRST, LAST + 1)]

    assert [character for character in characters if list(syllables(character)) != library(character)] == []


@given(_RUNS)
def test_any_run_is_cut_and_read_as_the_library_does(text: str) -> None:
    assert list(syllables(text)) == library(text)


def test_nothing_has_no_sound() -> None:
    assert pinyin_of("") == ("", "_")
