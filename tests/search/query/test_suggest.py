from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.suggest import StaleSuggestions, Suggestion, Suggestions

ENTRIES = [
    Suggestion("红枣", "product", 9),
    Suggestion("若羌灰枣", "product", 5),
    Suggestion("goji berry", "product", 4),
    Suggestion("绿豆", "product", 3),
    Suggestion("红茶", "category", 7),
    Suggestion("紅棗", "query", 2),
    Suggestion("Финик", "product", 1),
]


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("红", ["红枣", "红茶"]),
        ("紅", ["红枣", "红茶"]),
        ("hong", ["红枣", "红茶"]),
        ("Hong Z", ["红枣"]),
        ("h", ["红枣", "红茶"]),
        ("hz", ["红枣"]),
        ("rqh", ["若羌灰枣"]),
        ("berr", ["goji berry"]),
        ("goji  b", ["goji berry"]),
        ("ludo", ["绿豆"]),
        ("lvdou", ["绿豆"]),
        ("фин", ["Финик"]),
        ("zzz", []),
        ("", []),
        ("  ", []),
    ],
)
def test_suggest_the_most_frequent_first(typed: str, texts: list[str]) -> None:
    assert [entry.text for entry in Suggestions(ENTRIES).suggest(typed)] == texts


def test_suggest_at_most_ten_of_many() -> None:
    many = Suggestions(Suggestion(f"红枣{'好' * n}", "query", n) for n in range(1, 30))

    assert [entry.count for entry in many.suggest("h")] == list(range(29, 19, -1))
    assert [entry.count for entry in many.suggest("hongzao", 3)] == [29, 28, 27]


def test_the_same_text_in_two_spellings_is_one_entry() -> None:
    assert len(Suggestions(ENTRIES)) == 6


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    Suggestions(ENTRIES).save(tmp_path / "suggestions", "v1")

    assert Suggestions.load(tmp_path / "suggestions", "v1").suggest("hz") == (ENTRIES[0],)
    for path, version in ((tmp_path / "suggestions", "v2"), (tmp_path / "nothing", "v1")):
        with pytest.raises(StaleSuggestions):
            Suggestions.load(path, version)


@given(st.lists(st.text(max_size=20), max_size=20), st.text(max_size=60))
def test_any_texts_and_any_beginning(texts: list[str], typed: str) -> None:
    found = Suggestions(Suggestion(text, "query", 1) for text in texts).suggest(typed)

    assert {entry.text for entry in found} <= set(texts)


def test_what_a_program_before_saved_without_targets_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b'{"version": "v1", "entries": [["jujube", "product", 2]]}')

    assert Suggestions.load(tmp_path / "old", "v1").suggest("ju") == (Suggestion("jujube", "product", 2),)
