from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.concepts import NO_CONCEPTS, Concept, Concepts, built_in_concepts
from search.query.exclusion import leaves
from search.query.passes import CHARACTERS, LOOSE, RELAXED, STRICT, Plan, plan
from search.query.tree import AllOf, AnyOf, BestOf, Node, OneOf, Term
from search.query.vocabulary import EMPTY_VOCABULARY, Vocabulary, VocabularyBuilder

JUJUBE = Concepts(
    [
        Concept("jujube", "product", (("zh-hans", "红枣"), ("en", "jujube"), ("en", "red date"))),
        Concept("xinjiang", "place", (("zh-hans", "新疆"), ("en", "Xinjiang"))),
    ]
)


@pytest.fixture
def vocabulary() -> Vocabulary:
    builder = VocabularyBuilder()
    builder.add(["新疆红枣 Xinjiang jujubes", "walnut", "wall"], "xinjiang _xj hongzao _hz hongzaogao _hzg")
    return builder.build(JUJUBE.spellings())


def test_plan_kept_is_not_taken_for_other_concepts_or_words(vocabulary: Vocabulary) -> None:
    known, unknown = plan("红枣", JUJUBE, vocabulary), plan("红枣", NO_CONCEPTS, vocabulary)

    assert plan("红枣", JUJUBE, vocabulary) is known
    assert ("words", "jujub") in terms(tree(known, STRICT))
    assert ("words", "jujub") not in terms(tree(unknown, STRICT))
    assert plan("hongz", JUJUBE, vocabulary) != plan("hongz", JUJUBE, EMPTY_VOCABULARY)


def flat(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, (AllOf, AnyOf, BestOf)):
        for part in node.parts:
            yield from flat(part)


def tree(planned: Plan, name: str) -> Node:
    (found,) = [step.tree for step in planned.passes if step.name == name]
    return found


def terms(node: Node) -> dict[tuple[str, str], float]:
    return {(part.field, part.token): part.weight for part in flat(node) if isinstance(part, Term)}


def sets(node: Node) -> dict[tuple[str, tuple[str, ...]], float]:
    return {(part.field, part.tokens): part.score for part in flat(node) if isinstance(part, OneOf)}


def test_strict_of_a_han_word_is_exact_in_title_body_and_bigram() -> None:
    planned = plan("核桃", NO_CONCEPTS, EMPTY_VOCABULARY)

    assert [step.name for step in planned.passes] == [STRICT, LOOSE, RELAXED, CHARACTERS]
    assert tree(planned, STRICT) == BestOf(
        (Term("words", "核桃", 3.0), Term("body", "核桃", 1.0), Term("bi", "核桃", 2.0))
    )
    assert tree(planned, CHARACTERS) == AnyOf((Term("u", "核"), Term("u", "桃")))
    assert terms(tree(planned, LOOSE))["py", "hetao"] == 0.8


def test_strict_of_a_long_han_word_needs_all_its_bigrams() -> None:
    strict = tree(plan("猕猴桃", NO_CONCEPTS, EMPTY_VOCABULARY), STRICT)

    assert isinstance(strict, BestOf)
    assert strict.parts[2] == AllOf((Term("bi", "猕猴", 1.0), Term("bi", "猴桃", 1.0)))


def test_strict_of_two_words_needs_both() -> None:
    strict = tree(plan("walnut jujube", NO_CONCEPTS, EMPTY_VOCABULARY), STRICT)

    assert isinstance(strict, AllOf)
    assert [terms(part) for part in strict.parts] == [
        {("words", "walnut"): 3.0, ("body", "walnut"): 1.0},
        {("words", "jujub"): 3.0, ("body", "jujub"): 1.0},
    ]


def test_concept_brings_its_other_names_as_groups() -> None:
    strict = tree(plan("紅棗", JUJUBE, EMPTY_VOCABULARY), STRICT)

    assert isinstance(strict, BestOf)
    assert Term("words", "jujub", 2.4) in strict.parts
    assert AllOf((Term("words", "red", 2.4), Term("words", "date", 2.4))) in strict.parts


def test_pinyin_is_taken_whole_by_initials_and_as_a_prefix(vocabulary: Vocabulary) -> None:
    loose = tree(plan("hongz", NO_CONCEPTS, vocabulary), LOOSE)

    assert terms(loose)["py", "hongz"] == 1.5
    assert terms(loose)["py", "_hongz"] == 0.6
    assert sets(loose)["py", ("hongzao", "hongzaogao")] == 0.36


def test_pinyin_typed_apart_is_joined(vocabulary: Vocabulary) -> None:
    assert terms(tree(plan("hong zao", NO_CONCEPTS, vocabulary), LOOSE))["py", "hongzao"] == 2.0


def test_pinyin_finds_the_other_names_of_what_sounds_so(vocabulary: Vocabulary) -> None:
    assert ("words", "jujub") in terms(tree(plan("hongzao", JUJUBE, vocabulary), LOOSE))
    assert ("words", "jujub") in terms(tree(plan("红早", JUJUBE, vocabulary), LOOSE))


def test_u_after_n_and_l_is_also_v() -> None:
    found = terms(tree(plan("lüdou", NO_CONCEPTS, EMPTY_VOCABULARY), LOOSE))

    assert found["py", "ludou"] == found["py", "lvdou"] == 1.5


def test_word_prefix_for_the_last_word_only(vocabulary: Vocabulary) -> None:
    assert sets(tree(plan("wal", NO_CONCEPTS, vocabulary), LOOSE))["words", ("wall", "walnut")] == 0.45
    assert ("words", ("wall", "walnut")) not in sets(tree(plan("wal jujube", NO_CONCEPTS, vocabulary), LOOSE))


@pytest.mark.parametrize("text", ["walnt", "jujueb"])
def test_spelling_of_an_unknown_word(vocabulary: Vocabulary, text: str) -> None:
    planned = plan(text, JUJUBE, vocabulary)

    assert planned.corrected in ("walnut", "jujube")
    assert 0.32 in sets(tree(planned, LOOSE)).values()
    assert sets(tree(planned, STRICT)) == {}


@pytest.mark.parametrize("text", ["walnut", "wal", "1234", "c919", "红早", "abc", "jujube"])
def test_known_words_beginnings_numbers_and_han_are_not_corrected(vocabulary: Vocabulary, text: str) -> None:
    assert plan(text, JUJUBE, vocabulary).corrected == ""


def test_pinyin_with_a_letter_wrong_is_put_right() -> None:
    builder = VocabularyBuilder()
    builder.add(["新疆红枣", "walnut"], "xinjiang _xj hongzao _hz hongzaogao _hzg")
    vocabulary = builder.build(JUJUBE.spellings(), JUJUBE.sounds())

    for typed in ("hongzhao", "hongzo", "honzao"):
        planned = plan(typed, JUJUBE, vocabulary)
        loose = tree(planned, LOOSE)
        assert planned.corrected == "hongzao"
        assert sets(loose)["py", ("hongzao",)] == 0.32
        assert {("words", "jujub"), ("words", "红枣")} <= set(terms(loose))
    for typed in ("hongzao", "hongz", "hongzaog", "walnt", "hong", "枣"):
        assert plan(typed, JUJUBE, vocabulary).corrected in ("", "walnut")


def test_near_word_of_a_title_comes_before_a_near_sound_and_that_before_a_word_of_the_dictionary_alone() -> None:
    builder = VocabularyBuilder()
    builder.add(["hongzai"], "hongzao _hz")

    assert plan("hongza", JUJUBE, builder.build()).corrected == ""  # still being typed
    assert plan("hongzau", JUJUBE, builder.build()).corrected == "hongzai"
    known = VocabularyBuilder()
    known.add([], "hongzao _hz")
    assert plan("hongzhao", JUJUBE, known.build([("hangzhou", "hangzhou")])).corrected == "hongzao"
    assert plan("hangzho", JUJUBE, known.build([("hangzhouu", "hangzhouu")])).corrected == ""


def test_correction_keeps_the_other_words(vocabulary: Vocabulary) -> None:
    assert plan("walnt 5kg 新疆", JUJUBE, vocabulary).corrected == "walnut 5kg 新疆"


def test_moved_space_is_put_right(vocabulary: Vocabulary) -> None:
    loose = tree(plan("reddate", JUJUBE, vocabulary), LOOSE)

    assert {("words", "red"), ("words", "date"), ("words", "红枣")} <= set(terms(loose))


def test_relaxed_counts_what_is_wanted_more_than_where_it_is_from() -> None:
    found = terms(tree(plan("新疆红枣", JUJUBE, EMPTY_VOCABULARY), RELAXED))

    assert (found["words", "红枣"], found["words", "新疆"]) == (9.0, 3.0)


def test_relaxed_finds_nothing_by_place_or_weight_alone() -> None:
    relaxed = tree(plan("新疆红枣 5kg", JUJUBE, EMPTY_VOCABULARY), RELAXED)

    assert isinstance(relaxed, AllOf)
    needed, some = relaxed.parts
    tokens = {token for _, one_of in sets(needed) for token in one_of}
    assert "红枣" in tokens
    assert tokens.isdisjoint({"新疆", "xinjiang", "5000g"})
    assert {("words", "红枣"), ("words", "新疆"), ("words", "5000g")} <= set(terms(some))
    assert isinstance(tree(plan("新疆 5kg", JUJUBE, EMPTY_VOCABULARY), RELAXED), AnyOf)  # nothing else is named


def test_relaxed_leaves_single_characters_to_the_last_pass() -> None:
    planned = plan("檬果", NO_CONCEPTS, EMPTY_VOCABULARY)

    assert [step.name for step in planned.passes] == [STRICT, LOOSE, CHARACTERS]
    assert [step.name for step in plan("枣", NO_CONCEPTS, EMPTY_VOCABULARY).passes][2] == RELAXED


def test_later_passes_leave_out_the_earlier_ones() -> None:
    strict, loose, relaxed, letters = plan("新疆红枣", JUJUBE, EMPTY_VOCABULARY).passes

    assert [len(step.excluded) for step in (strict, loose, relaxed, letters)] == [0, 1, 1, 2]


@pytest.mark.parametrize("text", ["", " ", "😀 ,.;", "\x00", "the of"])
def test_text_without_words_has_no_pass(text: str) -> None:
    assert plan(text, JUJUBE, EMPTY_VOCABULARY) == Plan(())


def test_stop_word_alone_is_still_a_character() -> None:
    assert [step.name for step in plan("的", JUJUBE, EMPTY_VOCABULARY).passes] == [CHARACTERS]


def test_query_is_cut_at_100_characters_and_12_words() -> None:
    strict = tree(plan(" ".join(f"w{'x' * n}" for n in range(20)), NO_CONCEPTS, EMPTY_VOCABULARY), STRICT)
    assert isinstance(strict, AllOf)
    assert len(strict.parts) == 12

    assert terms(tree(plan("a" * 500, NO_CONCEPTS, EMPTY_VOCABULARY), STRICT))["words", "a" * 100] == 3.0


@pytest.mark.parametrize(
    "text",
    [
        "苹果 番茄 红枣 枸杞 核桃 葡萄干 土豆 玉米 大米 黄豆 花生 芝麻",
        "aple tomatoe jujueb wolfbery walnutt raisinn potatoee maizee ricee soybeen peanutt sesamee",
        "黑龙江省五常大米有机绿色食品礼盒装十公斤东北特产新货非转基因富硒清真" * 3,
        "hongzao putao fanqie tudou yumi dami huangdou huasheng zhima gouqi hetao pingguo",
    ],
)
def test_trees_stay_small_enough_for_every_engine(text: str) -> None:
    concepts = built_in_concepts()
    planned = plan(text, concepts, VocabularyBuilder().build(concepts.spellings()))

    for step in planned.passes:
        assert leaves(step.tree) + sum(map(leaves, step.excluded)) < 500


@given(st.text(max_size=150))
def test_any_text_has_a_plan(text: str) -> None:
    for step in plan(text, built_in_concepts(), EMPTY_VOCABULARY).passes:
        assert leaves(step.tree) > 0
