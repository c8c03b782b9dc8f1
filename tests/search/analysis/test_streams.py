import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.normalise import normalise
from search.analysis.streams import bigrams, characters, pinyin_tokens, streams, words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("紅棗", ["红枣"]),
        ("葡萄乾", ["葡萄", "葡萄干"]),
        ("5公斤", ["5000g"]),
        ("10斤x2", ["5000g", "x", "2"]),
        ("5kg 5 кг ５ｋｇ", ["5000g"] * 3),
        ("2,5 кг", ["2500g"]),
        ("1,234", ["1234"]),
        ("the Jujubes of Ruoqiang", ["jujub", "ruoqiang"]),
        ("изюма", ["изюм"]),
        ("😀 ,;:", []),
        ("", []),
    ],
)
def test_words(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


def test_pinyin_bigrams_and_characters() -> None:
    assert pinyin_tokens("红枣") == ["hongzao", "_hz"]
    assert bigrams("若羌灰枣 枣") == ["若羌", "羌灰", "灰枣", "枣"]
    assert characters("红枣5kg") == ["红", "枣"]


@given(st.text())
def test_any_text_gives_whole_streams(text: str) -> None:
    found = streams([text], [text])

    assert all((found.words, found.body, found.bi, found.py, found.u))


@given(st.text())
def test_normalise_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
