"""What comes first, and indexes beside each other."""

import pytest

from search.engines.base import (
    IndexMissing,
    SearchEngine,
    SearchRequest,
)
from search.query.tree import AllOf, AnyOf, BestOf, Bonus, HasValue, InRange, IsTrue, OneOf, Term
from tests.search.engines.documents import SCHEMA, build, document, find


class RankingContract:
    """How hits are ordered by score: the same in every engine that ranks, in Lucene's scale."""

    def test_rarer_and_shorter_count_more(self, engine: SearchEngine) -> None:
        build(engine, [document("a", "x y y y y y y y y"), document("b", "x"), document("c", "x z")])

        assert find(engine, must=Term("words", "x")) == ["b", "c", "a"]
        assert find(engine, must=AnyOf((Term("words", "x"), Term("words", "z")))) == ["c", "b", "a"]

    def test_scores_are_lucenes(self, engine: SearchEngine) -> None:
        build(engine, [document("a", "x"), document("b", "x"), document("c", "y")])

        weighted = engine.search(SearchRequest(must=Term("words", "x", 3.0))).hits
        constant = engine.search(SearchRequest(must=OneOf("words", ("x", "y"), 0.32))).hits

        # idf ln(1 + (3 - 2 + .5) / (2 + .5)) = .4700, term part 1 / (1 + 1.2) as every length is the average
        assert [hit.score for hit in weighted] == pytest.approx([3 * 0.470004 / 2.2] * 2, rel=1e-4)
        assert [hit.score for hit in constant] == pytest.approx([0.32] * 3, rel=1e-4)

    def test_best_of_takes_the_best_and_a_tenth_of_the_rest(self, engine: SearchEngine) -> None:
        build(engine, [document("a", "x", body="y"), document("b", "x")])
        x, y = OneOf("words", ("x",), 1.0), OneOf("body", ("y",), 2.0)

        hits = engine.search(SearchRequest(must=BestOf((x, y)))).hits
        summed = engine.search(SearchRequest(must=AllOf((x, y)))).hits

        assert [(hit.pid, round(hit.score, 4)) for hit in hits] == [("a", 2.1), ("b", 1.0)]
        assert [(hit.pid, round(hit.score, 4)) for hit in summed] == [("a", 3.0)]

    def test_filters_have_no_say_in_the_score(self, engine: SearchEngine) -> None:
        rows = [
            document(pid, "x", keywords={"grade": (grade,)}, numbers={"price": 1}, in_stock=True)
            for pid, grade in (("a", "top"), ("b", "rare"), ("c", "top"))
        ]
        build(engine, rows)
        plain = engine.search(SearchRequest(must=Term("words", "x"))).hits
        filters = (HasValue("grade", ("top", "rare")), InRange("price", 0), IsTrue("in_stock"))

        filtered = engine.search(
            SearchRequest(must=Term("words", "x"), filters=filters, chosen={"grade": filters[0]}, hidden=("z",))
        ).hits

        assert [hit.score for hit in filtered] == pytest.approx([hit.score for hit in plain], rel=1e-4)

    def test_bonus_lifts_and_never_decides(self, engine: SearchEngine) -> None:
        build(engine, [document("a", "x"), document("b", "x", in_stock=True), document("c", "y", in_stock=True)])
        request = SearchRequest(must=Term("words", "x"), bonuses=(Bonus(IsTrue("in_stock"), 0.6),))

        hits = engine.search(request).hits

        assert [hit.pid for hit in hits] == ["b", "a"]
        assert hits[0].score - hits[1].score == pytest.approx(0.6, rel=1e-4)
        assert find(engine, bonuses=request.bonuses) == ["b", "c", "a"]

    def test_equal_scores_go_by_pid_bytewise_across_commits(self, engine: SearchEngine) -> None:
        names = ["b", "B", "a" * 16 + "2", "a" * 16 + "1", "10", "9", "枣", "é"]
        build(engine, [])
        for pid in names:
            engine.write([document(pid, "x")])
        engine.refresh()

        expected = sorted(names, key=str.encode)
        assert find(engine, must=OneOf("words", ("x",), 1.0)) == expected
        assert find(engine, must=OneOf("words", ("x",), 1.0), size=3) == expected[:3]
        assert find(engine, must=OneOf("words", ("x",), 1.0), offset=3, size=2) == expected[3:5]


class GenerationContract:
    """An index beside the live one, and the step from one to the other."""

    def test_without_an_index_everything_says_so(self, engine: SearchEngine) -> None:
        for call in (
            lambda: engine.search(SearchRequest()),
            engine.count,
            lambda: engine.versions(["a"]),
            lambda: engine.write([document("a")]),
            lambda: engine.swap("never-made"),
            lambda: engine.count(generation="never-made"),
        ):
            with pytest.raises(IndexMissing):
                call()

        assert engine.health(SCHEMA.version).problem
        assert engine.generations() == [] or list(engine.generations()) == []

    def test_swap_old_generation_answers_until_then(self, engine: SearchEngine) -> None:
        build(engine, [document("old", "x")])
        engine.create(SCHEMA, "g2")
        engine.write([document("new", "x"), document("newer", "x")], generation="g2")
        engine.refresh()

        assert (find(engine), engine.count(), engine.count(generation="g2")) == (["old"], 1, 2)
        assert engine.versions(["new"], generation="g2") == {"new": 1}

        engine.swap("g2")
        engine.refresh()

        assert (sorted(find(engine)), engine.health(SCHEMA.version).generation) == (["new", "newer"], "g2")
        engine.write([document("late", "x")])
        assert (engine.count(), engine.count(generation="g1")) == (3, 1)

    def test_generations_and_drop(self, engine: SearchEngine) -> None:
        build(engine, [document("a")])
        engine.create(SCHEMA, "g2")

        assert sorted(name for name, _ in engine.generations()) == ["g1", "g2"]
        assert all(made.tzinfo is not None for _, made in engine.generations())

        engine.drop("g2")
        engine.drop("g2")
        with pytest.raises(ValueError):
            engine.drop("g1")

        assert [name for name, _ in engine.generations()] == ["g1"]
        assert find(engine) == ["a"]

    def test_create_with_a_taken_name_is_refused(self, engine: SearchEngine) -> None:
        build(engine, [document("a")])

        with pytest.raises(ValueError):
            engine.create(SCHEMA, "g1")

        assert find(engine) == ["a"]

    def test_health_of_another_version_names_both(self, engine: SearchEngine) -> None:
        build(engine, [document("a")])

        health = engine.health("contract-2")

        assert (health.generation, health.schema_version) == ("g1", SCHEMA.version)
        assert "contract-1" in health.problem
        assert "contract-2" in health.problem
