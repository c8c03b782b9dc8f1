"""What every search engine must do, ours or a user's. Subclass `EngineContract` in a test module and give it an
`engine` fixture that yields an engine without any index. One that promises no ranking takes `MatchingContract`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from search.engines.base import (
    STREAMS,
    Deletion,
    Document,
    EngineAnswer,
    FacetRequest,
    Field,
    IndexMissing,
    Schema,
    SearchEngine,
    SearchRequest,
    Sort,
)
from search.query.tree import AllOf, AnyOf, BestOf, Bonus, HasValue, InRange, IsTrue, OneOf, Term

SCHEMA = Schema(
    fields=(
        Field("channels", "keyword"),
        Field("grade", "keyword"),
        Field("attributes", "keyword"),
        Field("price", "number"),
        Field("updated", "number"),
        Field("in_stock", "flag"),
    ),
    version="contract-1",
)
LONG = "x" * 200


def document(
    pid: str,
    words: str = "_",
    *,
    version: int = 1,
    keywords: Mapping[str, tuple[str, ...]] | None = None,
    numbers: Mapping[str, int] | None = None,
    in_stock: bool | None = None,
    **streams: str,
) -> Document:
    return Document(
        pid=pid,
        streams={**dict.fromkeys(STREAMS, "_"), "words": words, **streams},
        keywords=keywords or {},
        numbers=numbers or {},
        flags={} if in_stock is None else {"in_stock": in_stock},
        show={"name": f"名 {pid}", "price": 1250},
        version=version,
    )


def build(engine: SearchEngine, documents: Iterable[Document], generation: str = "g1") -> None:
    engine.create(SCHEMA, generation)
    engine.write(documents, generation=generation)
    engine.swap(generation)
    engine.refresh()


def pids(answer: EngineAnswer) -> list[str]:
    return [hit.pid for hit in answer.hits]


def find(engine: SearchEngine, **request: object) -> list[str]:
    return pids(engine.search(SearchRequest(**request)))  # type: ignore[arg-type]


FRUIT = (
    document("a", "红枣 新疆 5000g", py="hongzao _hz", keywords={"channels": ("domestic",), "grade": ("top",)}),
    document("b", "红枣 2500g", keywords={"channels": ("domestic", "export"), "grade": ("first",)}),
    document("c", "核桃 新疆", body="红枣", keywords={"channels": ("export",), "grade": ("top",)}),
)


class MatchingContract:
    """Which documents are hits, how many, in which order of a number, with which facets."""

    def test_search_term_only_in_its_own_stream(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        assert sorted(find(engine, must=Term("words", "红枣"))) == ["a", "b"]
        assert find(engine, must=Term("body", "红枣")) == ["c"]
        assert find(engine, must=Term("py", "_hz")) == ["a"]
        assert find(engine, must=Term("words", "红")) == []

    def test_search_tree_combines_parts(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)
        jujube, xinjiang, walnut = Term("words", "红枣"), Term("words", "新疆"), Term("words", "核桃")

        assert find(engine, must=AllOf((jujube, xinjiang))) == ["a"]
        assert sorted(find(engine, must=AnyOf((jujube, walnut)))) == ["a", "b", "c"]
        assert find(engine, must=AnyOf((jujube, xinjiang), at_least=2)) == ["a"]
        assert sorted(find(engine, must=BestOf((Term("body", "红枣"), jujube)))) == ["a", "b", "c"]
        assert sorted(find(engine, must=OneOf("words", ("2500g", "核桃"), 0.5))) == ["b", "c"]
        assert sorted(find(engine, must=AllOf((AnyOf((jujube, walnut)), xinjiang)))) == ["a", "c"]

    def test_search_hits_of_earlier_passes_do_not_come_again(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)
        answer = engine.search(
            SearchRequest(
                must=AnyOf((Term("words", "红枣"), Term("words", "新疆"))),
                excluded=(AllOf((Term("words", "红枣"), Term("words", "新疆"))), Term("words", "2500g")),
                facets=(FacetRequest("grade", "grade"),),
            )
        )

        assert (pids(answer), answer.total, answer.facets["grade"]) == (["c"], 1, (("top", 1),))

    def test_search_without_a_tree_browses(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        answer = engine.search(SearchRequest())

        assert (sorted(pids(answer)), answer.total) == (["a", "b", "c"], 3)
        assert answer.hits[0].show == {"name": f"名 {answer.hits[0].pid}", "price": 1250}

    def test_search_without_show_finds_the_same_hits(self, engine: SearchEngine) -> None:
        names = ["1-cn", "123456789-abcdef", "123456789-abcdefg", "123456789-abcdefgh", "核桃-国内"]
        build(engine, [document(pid, "x") for pid in names])
        request = SearchRequest(must=Term("words", "x"))

        bare = engine.search(replace(request, with_show=False))

        assert [(hit.pid, hit.score) for hit in bare.hits] == [
            (hit.pid, hit.score) for hit in engine.search(request).hits
        ]
        assert sorted(pids(bare)) == sorted(names)

    def test_search_odd_tokens_are_only_tokens(self, engine: SearchEngine) -> None:
        odd = ['"a', "a:b", "(", "*", "a*", "AND", "\\", "%", "_", "x'y", LONG]
        build(engine, [document(f"p{place:02}", token) for place, token in enumerate(odd)])

        for place, token in enumerate(odd):
            assert f"p{place:02}" in find(engine, must=Term("words", token))
        assert find(engine, must=Term("words", "a**")) == []
        assert find(engine, must=OneOf("words", ("a:c", "b"), 1.0)) == []

    def test_filters_narrow_hits_and_facets(self, engine: SearchEngine) -> None:
        rows = [
            document("a", keywords={"channels": ("domestic", "export")}, numbers={"price": 100}, in_stock=True),
            document("b", keywords={"channels": ("export",)}, numbers={"price": 200}, in_stock=False),
            document("c", keywords={"channels": ("gift",)}, numbers={"price": -5}),
            document("d"),
        ]
        build(engine, rows)

        def kept(*filters: HasValue | InRange | IsTrue) -> list[str]:
            return sorted(find(engine, filters=filters))

        assert kept(HasValue("channels", ("export",))) == ["a", "b"]
        assert kept(HasValue("channels", ("domestic", "gift"))) == ["a", "c"]
        assert kept(HasValue("channels", ())) == []
        assert kept(InRange("price", 100, 200)) == ["a", "b"]
        assert kept(InRange("price", high=100)) == ["a", "c"]
        assert kept(InRange("price", low=101)) == ["b"]
        assert kept(InRange("price", low=10**30)) == []
        assert kept(InRange("price")) == ["a", "b", "c"]
        assert kept(IsTrue("in_stock")) == ["a"]
        assert kept(HasValue("channels", ("export",)), InRange("price", 150)) == ["b"]

    def test_hidden_documents_are_neither_hits_nor_counted(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        answer = engine.search(SearchRequest(hidden=("a", "nobody"), facets=(FacetRequest("grade", "grade"),)))

        assert (sorted(pids(answer)), answer.total) == (["b", "c"], 2)
        assert answer.facets["grade"] == (("first", 1), ("top", 1))

    def test_facet_ignores_its_own_choice_only(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)
        answer = engine.search(
            SearchRequest(
                chosen={"grade": HasValue("grade", ("top",)), "channels": HasValue("channels", ("domestic",))},
                facets=(FacetRequest("grade", "grade"), FacetRequest("channels", "channels")),
            )
        )

        assert (pids(answer), answer.total) == (["a"], 1)
        assert answer.facets["grade"] == (("first", 1), ("top", 1))
        assert answer.facets["channels"] == (("domestic", 1), ("export", 1))

    def test_facet_counts_most_first_then_by_value(self, engine: SearchEngine) -> None:
        rows = [document(f"p{place}", keywords={"grade": (grade,)}) for place, grade in enumerate("cabbca")]
        build(engine, [*rows, document("q", keywords={"grade": ("d", "d", "c")})])

        answer = engine.search(SearchRequest(size=1, facets=(FacetRequest("grade", "grade"),)))

        assert answer.facets["grade"] == (("c", 3), ("a", 2), ("b", 2), ("d", 1))

    def test_facet_with_a_prefix_takes_it_literally(self, engine: SearchEngine) -> None:
        values = ("品种=灰枣 (5a)", "a.b=1", "aXb=2", "品种=骏枣", 'x"=|[1]')
        build(engine, [document("a", keywords={"attributes": values})])

        def counted(prefix: str) -> tuple[tuple[str, int], ...]:
            request = SearchRequest(facets=(FacetRequest("f", "attributes", prefix=prefix),))
            return engine.search(request).facets["f"]

        assert counted("品种=") == (("品种=灰枣 (5a)", 1), ("品种=骏枣", 1))
        assert counted("a.b") == (("a.b=1", 1),)
        assert counted('x"=|[') == (('x"=|[1]', 1),)
        assert counted("nothing=") == ()

    def test_facets_of_one_value_and_beside_a_choice_whatever_the_text(self, engine: SearchEngine) -> None:
        values = (
            "m1",
            "m11",
            "dried-fruit",
            "and",
            "or",
            "not",
            "in",
            "to",
            "0",
            "-",
            "a b",
            "A",
            "品种=灰枣 (5a)",
            'x"=|[1]',
        )
        rows = [
            document(f"p{place:02}", keywords={"grade": (value,), "attributes": (value, "every")})
            for place, value in enumerate(values)
        ]
        build(engine, rows)

        for value in values:
            facets = (
                FacetRequest("grade", "grade"),
                FacetRequest("one", "attributes", only=value),
                FacetRequest("attributes", "attributes"),
            )
            answer = engine.search(SearchRequest(chosen={"grade": HasValue("grade", (value,))}, facets=facets))
            assert answer.facets["one"] == ((value, 1),)
            assert set(answer.facets["attributes"]) == {(value, 1), ("every", 1)}
            assert set(answer.facets["grade"]) == {(other, 1) for other in values}
        nowhere = SearchRequest(facets=(FacetRequest("one", "attributes", only="m12"),))
        assert engine.search(nowhere).facets["one"] == ()

    def test_facet_buckets_hold_low_and_not_high(self, engine: SearchEngine) -> None:
        prices = [0, 99, 100, 500, 501, 1000]
        build(engine, [document(f"p{price}", numbers={"price": price}) for price in prices] + [document("none")])
        buckets = ((None, 100), (100, 500), (500, 501), (2000, None))

        answer = engine.search(SearchRequest(facets=(FacetRequest("price", "price", buckets=buckets),)))

        assert answer.facets["price"] == (("0", 2), ("1", 1), ("2", 1), ("3", 0))

    def test_facets_of_an_empty_index(self, engine: SearchEngine) -> None:
        build(engine, [])
        facets = (FacetRequest("grade", "grade"), FacetRequest("price", "price", buckets=((None, 5), (5, None))))

        answer = engine.search(SearchRequest(facets=facets, sort=Sort("price")))

        assert (answer.hits, answer.total) == ((), 0)
        assert answer.facets == {"grade": (), "price": (("0", 0), ("1", 0))}

    def test_sort_by_a_number_with_ties_by_pid_and_the_numberless_last(self, engine: SearchEngine) -> None:
        prices = {"e": 3, "b": 3, "d": 1, "a": -2}
        rows = [document(pid, numbers={"price": price}) for pid, price in prices.items()]
        build(engine, [document("0"), *rows, document("z")])

        assert find(engine, sort=Sort("price")) == ["a", "d", "b", "e", "0", "z"]
        assert find(engine, sort=Sort("price", descending=True)) == ["b", "e", "d", "a", "0", "z"]

    def test_pages_hold_every_hit_once_in_order(self, engine: SearchEngine) -> None:
        rows = [document(f"p{place:03}", "红枣", numbers={"price": place // 7}) for place in range(60)]
        build(engine, reversed(rows))

        for sort in (Sort(), Sort("price")):
            pages = [
                find(engine, must=Term("words", "红枣"), sort=sort, offset=start, size=7) for start in range(0, 70, 7)
            ]
            assert [len(page) for page in pages] == [7] * 8 + [4, 0]
            assert [pid for page in pages for pid in page] == [f"p{place:03}" for place in range(60)]

    def test_page_of_no_hits_still_counts(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        answer = engine.search(SearchRequest(size=0, facets=(FacetRequest("grade", "grade"),)))

        assert (answer.hits, answer.total, answer.facets["grade"]) == ((), 3, (("top", 2), ("first", 1)))

    def test_write_newer_version_wins_whatever_the_order(self, engine: SearchEngine) -> None:
        build(engine, [document("a", "new", version=5)])

        engine.write([document("a", "old", version=4)])
        engine.write([document("a", "same", version=5)])
        engine.write([], [Deletion("a", 5)])
        engine.refresh()

        assert (find(engine, must=Term("words", "new")), engine.count()) == (["a"], 1)
        assert engine.versions(["a", "b"]) == {"a": 5}

        engine.write([document("a", "newer", version=6)])
        engine.refresh()
        assert (find(engine, must=Term("words", "newer")), find(engine, must=Term("words", "new"))) == (["a"], [])
        assert engine.versions(["a"]) == {"a": 6}

    def test_write_deletion_takes_the_document_away(self, engine: SearchEngine) -> None:
        build(engine, [*FRUIT])

        engine.write([], [Deletion("a", 2), Deletion("never there", 9)])
        engine.refresh()

        assert (sorted(find(engine)), engine.count(), engine.versions(["a", "b"])) == (["b", "c"], 2, {"b": 1})

    def test_write_nothing_is_allowed(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        engine.write([], [])

        assert (engine.count(), engine.versions([])) == (3, {})

    def test_health_of_a_good_index(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        health = engine.health(SCHEMA.version)

        assert (health.generation, health.schema_version, health.documents, health.problem) == (
            "g1",
            SCHEMA.version,
            3,
            "",
        )


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


class EngineContract(MatchingContract, RankingContract, GenerationContract):
    """All of it, and that a request we wrote wrongly is our bug, not a failure to fall back from."""

    @pytest.mark.parametrize(
        "wrong",
        [
            SearchRequest(must=Term("title", "x")),
            SearchRequest(filters=(HasValue("colour", ("red",)),)),
            SearchRequest(filters=(InRange("grade", 1),)),
            SearchRequest(sort=Sort("grade")),
            SearchRequest(facets=(FacetRequest("f", "colour"),)),
            SearchRequest(must=AllOf(())),
            SearchRequest(size=-1),
            SearchRequest(offset=-1),
        ],
        ids=["stream", "field", "kind", "sort", "facet", "empty", "size", "offset"],
    )
    def test_wrong_request_is_a_value_error(self, engine: SearchEngine, wrong: SearchRequest) -> None:
        build(engine, FRUIT)

        with pytest.raises(ValueError):
            engine.search(wrong)

    def test_named_generation_is_searched_before_it_answers(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)
        engine.create(SCHEMA, "g2")
        engine.write([document("new", "红枣")], generation="g2")

        engine.refresh()

        assert pids(engine.search(SearchRequest(must=Term("words", "红枣")), generation="g2")) == ["new"]
        assert sorted(find(engine)) == ["a", "b", "c"]

    def test_write_document_that_does_not_fit_leaves_nothing_behind(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        for misfit in (document("z", keywords={"colour": ("red",)}), document("z", numbers={"grade": 1})):
            with pytest.raises(ValueError):
                engine.write([document("y"), misfit])
        with pytest.raises(ValueError):
            engine.write([document("y"), document("z", "")])

        engine.refresh()
        assert sorted(find(engine)) == ["a", "b", "c"]
