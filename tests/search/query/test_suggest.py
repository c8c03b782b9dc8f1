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
    assert [entry.text for entry in Suggestions.of({"home": ENTRIES}).suggest(typed, "home")] == texts


def test_suggest_at_most_ten_of_many() -> None:
    many = Suggestions.of({"home": [Suggestion(f"红枣{'好' * n}", "query", n) for n in range(1, 30)]})

    assert [entry.count for entry in many.suggest("h", "home")] == list(range(29, 19, -1))
    assert [entry.count for entry in many.suggest("hongzao", "home", 3)] == [29, 28, 27]


def test_the_same_text_in_two_spellings_is_one_entry() -> None:
    found = Suggestions.of({"home": [Suggestion("红枣", "product", 1), Suggestion("紅棗", "query", 2)]})

    assert found.suggest("hz", "home") == (Suggestion("紅棗", "query", 2),)


def test_a_channel_is_offered_its_own_by_its_own_counts() -> None:
    found = Suggestions.of(
        {
            "home": [
                Suggestion("红枣", "product", 9),
                Suggestion("红茶", "product", 1),
                Suggestion("红花", "query", 2),
            ],
            "export": [
                Suggestion("红茶", "product", 5),
                Suggestion("红枣", "category", 3),
                Suggestion("红豆", "product", 1),
            ],
        }
    )

    for typed in ("h", "hong", "红"):
        assert [one.text for one in found.suggest(typed, "home")] == ["红枣", "红花", "红茶"]
        assert [(one.text, one.kind) for one in found.suggest(typed, "export")] == [
            ("红茶", "product"),
            ("红枣", "category"),
            ("红豆", "product"),
        ]
        assert found.suggest(typed, "nowhere") == ()


def test_many_of_another_channel_keep_none_of_the_own_out() -> None:
    abroad = [Suggestion(f"红枣{'好' * n}", "product", 100) for n in range(1, 30)]
    found = Suggestions.of({"export": abroad, "home": [Suggestion("红枣茶", "product", 1)]})

    for typed in ("h", "hongzao", "红枣"):
        assert [one.text for one in found.suggest(typed, "home")] == ["红枣茶"]


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    Suggestions.of({"home": ENTRIES, "export": ENTRIES[:1]}).save(tmp_path / "suggestions", "v1")

    loaded = Suggestions.load(tmp_path / "suggestions", "v1")
    assert (loaded.suggest("hz", "home"), loaded.suggest("r", "export")) == ((ENTRIES[0],), ())
    for path, version in ((tmp_path / "suggestions", "v2"), (tmp_path / "nothing", "v1")):
        with pytest.raises(StaleSuggestions):
            Suggestions.load(path, version)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"version": "v1", "entries": [["jujube", "product", 2]]}', b'{"version": "v1", "channels": 3}'],
)
def test_what_says_nothing_about_channels_is_counted_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "old").write_bytes(content)

    with pytest.raises(StaleSuggestions):
        Suggestions.load(tmp_path / "old", "v1")


@given(st.lists(st.text(max_size=20), max_size=20), st.text(max_size=60))
def test_any_texts_and_any_beginning(texts: list[str], typed: str) -> None:
    found = Suggestions.of({"home": [Suggestion(text, "query", 1) for text in texts]}).suggest(typed, "home")

    assert {entry.text for entry in found} <= set(texts)
