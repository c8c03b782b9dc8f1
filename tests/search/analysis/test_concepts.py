from collections.abc import Sequence

import pytest

from search.analysis.concepts import NO_CONCEPTS, Concept, Concepts, built_in_concepts, query_words


def concepts() -> Concepts:
    return Concepts(
        [
            Concept("jujube", "product", (("zh-hans", "红枣"), ("zh-hans", "大枣"), ("en", "Chinese date"))),
            Concept("date", "product", (("zh-hans", "椰枣"), ("en", "date"))),
            Concept("goji", "product", (("zh-hans", "枸杞"), ("en", "goji berry"), ("ru", "ягоды годжи"))),
            Concept("jiangsu", "place", (("zh-hans", "江苏"), ("ru", "Цзянсу"))),
            Concept("jiangxi", "place", (("zh-hans", "江西"), ("ru", "Цзянси"))),
        ]
    )


def matched(text: str) -> Sequence[tuple[str, set[tuple[str, ...]]]]:
    words = query_words(text)
    return [
        (" ".join(word.text for word in words[match.start : match.end]), set(match.others))
        for match in concepts().match(words)
    ]


def test_match_other_names_are_groups_of_tokens() -> None:
    assert matched("紅棗") == [("红枣", {("大枣",), ("chines", "date")})]
    assert matched("Goji berries") == [("goji berries", {("枸杞",), ("ягод", "годж")})]


def test_match_longest_run_wins() -> None:
    assert matched("fresh chinese dates") == [("chinese dates", {("红枣",), ("大枣",)})]
    assert matched("dates chinese") == [("dates", {("椰枣",)})]


def test_match_several_in_one_query() -> None:
    assert [text for text, _ in matched("江苏红枣 5kg")] == ["江苏", "红枣"]


def test_match_stem_of_two_places_goes_by_spelling() -> None:
    assert matched("Цзянсу") == [("цзянсу", {("江苏",)})]
    assert matched("Цзянси") == [("цзянси", {("江西",)})]


@pytest.mark.parametrize("text", ["红", "枣子", "chinese", "", "😀"])
def test_match_part_of_a_name_is_no_match(text: str) -> None:
    assert matched(text) == []


def test_sounds_and_spellings() -> None:
    assert set(concepts().sounding("hongzao")) == {("红枣",), ("大枣",), ("chines", "date")}
    assert concepts().sounds_from("ho", 5) == ("hongzao",)
    assert ("ягод", "ягоды") in concepts().spellings()
    assert NO_CONCEPTS.match(query_words("红枣")) == []


def test_built_in_concepts_only_true_equals() -> None:
    found = built_in_concepts()

    assert ("葡萄",) not in found.named("葡萄干")
    assert ("核桃仁",) not in found.named("核桃")
    assert ("葵花籽油",) not in found.named("葵花籽")
    assert ("изюм",) in found.named("葡萄干")
    assert ("synzhang",) not in found.named("新疆")
    assert ("xinjiang",) in found.named("新疆")
