from pathlib import Path

import pytest

from search.query.spelling import Deletions
from search.query.vocabulary import EMPTY_VOCABULARY, StaleVocabulary, Vocabulary, VocabularyBuilder


def build() -> Vocabulary:
    builder = VocabularyBuilder()
    builder.add(["新疆红枣 Jujubes 5kg", "", "Финик"], "xinjiang _xj hongzao _hz")
    builder.add(["红枣 jujubes of 5kg", "jujube juice"], "hongzao _hz")
    builder.add(["红茶 black tea", "черный чай"], "hongcha _hc")
    return builder.build([("walnut", "walnuts"), ("jujub", "jujube"), ("g", "g")])


def test_words_and_sounds_by_prefix_most_frequent_first() -> None:
    found = build()

    assert found.words_from("ju", 10) == ("jujub", "juic")
    assert found.words_from("ju", 1) == ("jujub",)
    assert found.words_from("wal", 10) == ("walnut",)
    assert found.sounds_from("hong", 10) == ("hongzao", "hongcha")
    assert found.sounds_from("_", 10) == ()
    assert found.words_from("zzz", 10) == ()


def test_near_compares_written_forms_and_stems() -> None:
    found = build()

    assert found.near("jujueb", "jujueb", 10) == ("jujub",)
    assert found.near("jujubse", "jujubs", 10) == ("jujub",)
    assert found.near("финк", "финк", 10) == ("финик",)
    assert found.near("walnutt", "walnutt", 10) == ("walnut",)


@pytest.mark.parametrize("word", ["jujub", "walnut", "tee", "1234", "zzzz", "枣"])
def test_near_of_known_short_or_strange_words_is_nothing(word: str) -> None:
    assert build().near(word, word, 10) == ()


@pytest.mark.parametrize(
    ("typed", "sounds"),
    [
        ("hongzhao", ("hongzao", "hongshao")),  # zh for z, before a sound of more titles
        ("hongzo", ("hongzao",)),
        ("hogzao", ("hongzao",)),
        ("hongzoa", ("hongzao",)),
        ("hongzao", ()),  # right as it stands
        ("hongzhaoo", ()),  # two letters off
        ("hetoa", ("hetao",)),
        ("htao", ()),  # too short to tell
        ("shiliuu", ("shiliu",)),  # of no title, but a name of something
        ("", ()),
    ],
)
def test_sounds_one_letter_off(typed: str, sounds: tuple[str, ...]) -> None:
    builder = VocabularyBuilder()
    builder.add([], "hongzao _hz hetao _ht hei _h hongshao _hs hongshao _hs")
    vocabulary = builder.build(sounds=["shiliu"])

    assert vocabulary.near_sounds(typed, 5) == sounds
    assert (vocabulary.has_sound("shiliu"), vocabulary.sounds_from("shi", 5)) == (False, ())


def test_written_is_the_form_nearest_to_what_was_typed() -> None:
    assert build().written("jujub", "jujbues") == "jujubes"
    assert build().written("jujub", "jujueb") == "jujube"
    assert build().written("unknown", "unknwon") == "unknown"


def test_apart_finds_two_words_written_as_one() -> None:
    assert build().apart("blacktea") == ("black", "tea")
    assert build().apart("черныйчай") == ("черн", "ча") or build().apart("черныйчай") is None
    assert build().apart("blackteas") is None
    assert build().apart("te") is None


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    found, path = build(), tmp_path / "vocabulary"
    found.save(path, "v1")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Deletions, "of", None)  # saved, too
        loaded = Vocabulary.load(path, "v1")
        assert loaded.near_sounds("hongzo", 5) == found.near_sounds("hongzo", 5) == ("hongzao",)

    assert loaded.words_from("", 99) == found.words_from("", 99)
    assert loaded.sounds_from("", 99) == found.sounds_from("", 99)
    assert loaded.near("jujueb", "jujueb", 10) == ("jujub",)
    assert loaded.written("jujub", "jujbues") == "jujubes"
    assert [file.name for file in tmp_path.iterdir()] == ["vocabulary"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"version": "v1"}', b'{"version":"v1","words":[[]]}'])
def test_load_of_what_cannot_be_read_is_stale(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vocabulary").write_bytes(content)

    with pytest.raises(StaleVocabulary):
        Vocabulary.load(tmp_path / "vocabulary", "v1")


def test_load_of_another_version_or_none_is_stale(tmp_path: Path) -> None:
    build().save(tmp_path / "vocabulary", "v1")

    with pytest.raises(StaleVocabulary, match="v2"):
        Vocabulary.load(tmp_path / "vocabulary", "v2")
    with pytest.raises(StaleVocabulary):
        Vocabulary.load(tmp_path / "nothing", "v1")


def test_empty_vocabulary_answers_everything_with_nothing() -> None:
    assert EMPTY_VOCABULARY.words_from("a", 9) == EMPTY_VOCABULARY.sounds_from("a", 9) == ()
    assert EMPTY_VOCABULARY.near("jujueb", "jujueb", 9) == ()
    assert EMPTY_VOCABULARY.apart("blacktea") is None
