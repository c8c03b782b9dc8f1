from collections import Counter

import pytest

from search.analysis.dictionary import LANGUAGES, BrokenDictionary, Entry, built_in, dictionary_words, parse_entries
from search.analysis.segment import cut
from search.analysis.version import analysis_version, index_version


def test_parse_entries() -> None:
    text = "# comment\n\nproduct jujube: 红枣, 大枣 | jujube |\n"

    assert list(parse_entries(text)) == [
        Entry("product", "jujube", (("zh-hans", "红枣"), ("zh-hans", "大枣"), ("en", "jujube")))
    ]


def test_parse_name_that_is_only_asked_for() -> None:
    (entry,) = parse_entries("product jujube: 红枣 | jujube, ~date | унаби, ~финик\n")

    assert entry.names == (("zh-hans", "红枣"), ("en", "jujube"), ("ru", "унаби"))
    assert entry.asked == (("en", "date"), ("ru", "финик"))


@pytest.mark.parametrize(
    "line",
    [
        "product x: ~红枣 | |",
        "jujube",
        "product : 红枣 | a | b",
        "thing x: 红枣 | a | b",
        "product x: 红枣 | a",
        "product x:  |  | ",
    ],
)
def test_parse_broken_line_names_its_number(line: str) -> None:
    with pytest.raises(BrokenDictionary, match="line 2"):
        list(parse_entries(f"# first\n{line}\n"))


def test_parse_code_twice_is_refused() -> None:
    with pytest.raises(BrokenDictionary, match="line 2"):
        list(parse_entries("product a: 红枣 | |\nproduct a: 大枣 | |\n"))


def test_built_in_dictionary_has_every_language_and_hundreds_of_concepts() -> None:
    kinds = Counter(entry.kind for entry in built_in())

    assert kinds["product"] > 300
    assert kinds["place"] > 80
    assert min(kinds["grade"], kinds["form"]) >= 5
    for entry in built_in():
        assert {language for language, _ in entry.names} == set(LANGUAGES), entry.code


def test_names_of_the_dictionary_stay_in_one_piece() -> None:
    assert "若羌灰枣" in cut("新疆若羌灰枣特级", guess=False)
    for word in dictionary_words():
        assert word in cut(word, guess=False), word


def test_version_names_rules_dictionary_and_libraries() -> None:
    version = index_version("7")

    assert version.startswith("schema-7 analysis-")
    assert version.endswith(analysis_version())
    for part in ("dictionary-", "rjieba-", "opencc-", "pypinyin-", "PyStemmer-", "unicode-"):
        assert part in version
