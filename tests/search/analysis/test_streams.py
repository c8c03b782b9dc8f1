import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.concepts import query_words
from search.analysis.streams import MAX_TOKEN, SENTINEL, STOP, characters, pinyin_tokens, streams, words

_ODD = st.text(st.one_of(st.characters(), st.sampled_from("紅棗乾5０.,斤克kgкг'ёthe\u0301\u200d的 ")), max_size=200)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("紅棗", ["红枣"]),
        ("葡萄乾", ["葡萄", "葡萄干"]),
        ("若羌灰枣", ["若羌", "灰枣", "若羌灰枣"]),
        ("红枣和核桃", ["红枣", "核桃"]),
        ("5公斤", ["5000g"]),
        ("10斤x2", ["5000g", "x", "2"]),
        ("5kg 5 кг ５ｋｇ 0.005t", ["5000g"] * 4),
        ("2,5 кг 2,5", ["2500g", "2", "5"]),
        ("1,234 1,234,567 1,234.50 1,500 g 12,34", ["1234", "1234567", "1234.5", "1500g", "12", "34"]),
        ("1.5л 500毫升 ½", ["1500ml", "500ml", "1", "2"]),
        ("5克拉 5克 5kgs 10lb", ["5", "克拉", "5g", "5", "kgs", "4536g"]),
        ("C919 30%", ["c", "919", "30"]),
        ("6901234567892", ["6901234567892"]),
        ("123456789012345678901kg", ["123456789012345678901kg"]),
        ("the Jujubes of Ruoqiang", ["jujub", "ruoqiang"]),
        ("grower's growers’", ["grower", "grower"]),
        ("изюма", ["изюм"]),
        ("Зелёный чай для вас", ["зелен", "ча", "вас"]),
        ("😀 ,;:\x00", []),
        ("的", []),
        ("", []),
    ],
)
def test_words(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


def test_words_are_cut_at_200_characters() -> None:
    assert words("a" * 500 + " " + "7" * 500) == ["a" * MAX_TOKEN, "7" * MAX_TOKEN]


def test_pinyin_and_characters() -> None:
    assert pinyin_tokens("红枣") == ["hongzao", "_hz"]
    assert pinyin_tokens("绿豆") == ["lvdou", "_ld"]
    assert pinyin_tokens("枣") == []
    assert characters("红枣5kg") == ["红", "枣"]


def test_streams_take_title_and_body_apart() -> None:
    found = streams(["新疆红枣 5kg", "Xinjiang jujubes", ""], ["干果", "甜"])

    assert found.words == "新疆 红枣 5000g xinjiang jujub"
    assert found.body == "干果 甜"
    assert found.bi == "新疆 疆红 红枣"
    assert found.py == "xinjiang _xj hongzao _hz"
    assert found.u == "新 疆 红 枣"
    assert streams(["若羌灰枣 枣"], []).bi == "若羌 羌灰 灰枣 枣"


def test_streams_without_words_are_the_sentinel() -> None:
    found = streams(["jujube"], [])

    assert (found.words, found.body, found.bi, found.py, found.u) == ("jujub", *[SENTINEL] * 4)


@given(_ODD)
def test_any_text_gives_whole_streams_of_short_tokens(text: str) -> None:
    found = streams([text], [text])

    for stream in (found.words, found.body, found.bi, found.py, found.u):
        assert stream == " ".join(stream.split())
        assert stream
        assert max(map(len, stream.split())) <= MAX_TOKEN
    assert STOP.isdisjoint(found.words.split()) or text.isascii()


@given(_ODD)
def test_query_words_of_any_text_are_among_the_words_of_the_same_document(text: str) -> None:
    assert {word.token for word in query_words(text)} <= set(words(text))


def test_query_words_keep_the_longest_of_overlapping_words() -> None:
    assert [word.token for word in query_words("黑龙江大米 葡萄干")] == ["黑龙江", "大米", "葡萄干"]
