"""What is found, counted, filtered, sorted and written: of every engine, also of one that promises no ranking."""

from dataclasses import replace

from search.engines.base import (
    Deletion,
    FacetRequest,
    SearchEngine,
    SearchRequest,
    Sort,
)
from search.query.tree import AllOf, AnyOf, BestOf, HasValue, InRange, IsTrue, OneOf, Term
from tests.search.engines.documents import FRUIT, LONG, SCHEMA, build, document, find, pids


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

    def test_sort_by_a_number_of_two_parts_is_exact_and_pages_walk_each_once(self, engine: SearchEngine) -> None:
        """A mark in thousandths above forty bits of a product's number, as the order by rating has it: what has no mark
        comes last, the newest first."""
        marks = [4_999, 4_999, 0, 3_750, 0, 5_000, 3_751, 0, 4_999]
        rows = [document(f"p{n}", "x", numbers={"price": (mark << 40) + n + 1}) for n, mark in enumerate(marks)]
        build(engine, rows)
        best = sorted(range(len(marks)), key=lambda n: (marks[n], n), reverse=True)

        order = Sort("price", descending=True)
        pages = [find(engine, must=Term("words", "x"), sort=order, offset=start, size=2) for start in range(0, 10, 2)]

        assert [pid for page in pages for pid in page] == [f"p{n}" for n in best]

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
