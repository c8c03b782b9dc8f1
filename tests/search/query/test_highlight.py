import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.concepts import built_in_concepts
from search.query.highlight import highlight
from search.query.marks import NO_MARKS, Marks
from search.query.passes import plan
from search.query.vocabulary import VocabularyBuilder


def marked(query: str, text: str) -> str:
    concepts = built_in_concepts()
    builder = VocabularyBuilder()
    builder.add([text], "")
    return highlight(text, plan(query, concepts, builder.build(concepts.spellings())).marks)


@pytest.mark.parametrize(
    ("query", "text", "html"),
    [
        ("红枣", "新疆大棗5㎏", "新疆<mark>大棗</mark>5㎏"),
        ("5公斤", "大枣５㎏装", "大枣<mark>５㎏</mark>装"),
        ("葡萄干", "特級葡萄乾", "特級<mark>葡萄乾</mark>"),
        ("hetao", "纸皮核桃", "纸皮<mark>核桃</mark>"),
        ("ht", "新疆核桃", "新疆<mark>核桃</mark>"),
        ("jujueb", "Red Jujubes, red dates", "Red <mark>Jujubes</mark>, <mark>red dates</mark>"),
        (
            "red date",
            "Red dates, dates, red",
            "<mark>Red</mark> <mark>dates</mark>, <mark>dates</mark>, <mark>red</mark>",
        ),
        ("大枣", "date, red date", "date, <mark>red date</mark>"),
        ("ёлка", "Ёлки и ели", "<mark>Ёлки</mark> и ели"),
        ("açaí", "ACAI, açai\u0301", "<mark>ACAI</mark>, <mark>açai\u0301</mark>"),
        ("红枣", '<b>红枣</b> & "x"', "&lt;b&gt;<mark>红枣</mark>&lt;/b&gt; &amp; &quot;x&quot;"),
        ("枣", "若羌灰棗 特级", "若羌灰<mark>棗</mark> 特级"),
        ("apricot", "库车小白杏", "库车小白<mark>杏</mark>"),
        ("红枣", "", ""),
        ("", "红枣", "红枣"),
    ],
)
def test_highlight(query: str, text: str, html: str) -> None:
    assert marked(query, text) == html


@given(st.text(), st.frozensets(st.sampled_from(["红枣", "枣", "jujub", "5000g", "ss"])))
def test_highlight_of_any_text_without_its_marks_is_the_text(text: str, tokens: frozenset[str]) -> None:
    html = highlight(text, Marks(tokens, frozenset(), frozenset({"hongzao"})))

    assert unescape(re.sub("</?mark>", "", html)) == unescape(highlight(text, NO_MARKS))
    assert "<" not in re.sub("</?mark>", "", html)


def test_script_in_a_title_stays_text() -> None:
    assert marked("script", "<script>alert(1)</script>") == (
        "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"
    )
