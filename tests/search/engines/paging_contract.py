"""Page after page by key: whatever is written in between, nothing comes twice and nothing is left out."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from search.engines.base import Deletion, Document, FacetRequest, Key, SearchEngine, SearchRequest, Sort
from search.query.tree import AnyOf, OneOf, Term
from tests.search.engines.documents import build, document, pids

UP, DOWN = Sort("price"), Sort("price", descending=True)
FOUND = SearchRequest(must=OneOf("words", ("x",), 1.0), size=3)
LONG = "a-pid-that-is-longer-than-sixteen-bytes-"


def priced(pid: str, price: int | None, version: int = 1) -> Document:
    return document(pid, "x", version=version, numbers={} if price is None else {"price": price})


def pages(engine: SearchEngine, request: SearchRequest) -> Iterator[list[str]]:
    """From where the request begins until the engine says that none follows."""
    for _ in range(1_000):
        answer = engine.search(request)
        yield pids(answer)
        if not answer.has_more:
            return
        request = replace(request, after=answer.last)
    raise AssertionError("the pages have no end")


def walked_from(engine: SearchEngine, request: SearchRequest, after: Key) -> list[str]:
    return [pid for page in pages(engine, replace(request, after=after)) for pid in page]


@dataclass
class Shelf:
    """What the index holds, and in what order it has to be listed."""

    engine: SearchEngine
    sort: Sort
    prices: dict[str, int | None] = field(default_factory=dict)
    version: int = 1

    def put(self, **prices: int | None) -> None:
        self.version += 1
        self.prices.update(prices)
        self.engine.write([priced(pid, price, self.version) for pid, price in prices.items()])
        self.engine.refresh()

    def take(self, *names: str) -> None:
        self.version += 1
        for pid in names:
            self.prices.pop(pid)
        self.engine.write([], [Deletion(pid, self.version) for pid in names])
        self.engine.refresh()

    def place(self, pid: str, price: int | None) -> tuple[bool, int, bytes]:
        number = price or 0
        return price is None, -number if self.sort.descending else number, pid.encode()

    def behind(self, pid: str, price: int | None) -> list[str]:
        places = sorted(self.place(*item) for item in self.prices.items())
        return [raw.decode() for *rest, raw in places if (*rest, raw) > self.place(pid, price)]


class PagingContract:
    @pytest.mark.parametrize("size", [1, 3, 7, 50])
    @pytest.mark.parametrize("sort", [Sort(), UP, DOWN], ids=["score", "up", "down"])
    def test_pages_by_key_are_the_list_and_the_last_one_says_so(
        self, engine: SearchEngine, sort: Sort, size: int
    ) -> None:
        rows = [priced(f"p{n:02}", None if n % 5 == 0 else n // 7) for n in range(30)]
        build(engine, reversed(rows))
        facet = FacetRequest("price", "price", buckets=((None, 2), (2, None)))
        request = replace(FOUND, sort=sort, size=size, facets=(facet,))
        whole = engine.search(replace(request, size=50))

        found = list(pages(engine, request))
        second = engine.search(replace(request, after=engine.search(request).last))

        assert [pid for page in found for pid in page] == pids(whole)
        assert [len(page) for page in found] == [size] * (30 // size) + ([30 % size] if 30 % size else [])
        assert (second.total, second.facets, whole.has_more) == (30, whole.facets, False)

    @pytest.mark.parametrize("sort", [UP, DOWN], ids=["up", "down"])
    def test_pages_by_number_go_on_whatever_is_written_before_behind_and_at_the_boundary(
        self, engine: SearchEngine, sort: Sort
    ) -> None:
        build(engine, [])
        shelf = Shelf(engine, sort)
        shelf.put(b=1, d=2, f=2, h=2, j=2, l=3, n=None, p=None, r=None)
        request = replace(FOUND, sort=sort)
        first = engine.search(request)
        assert first.last is not None
        last, price = pids(first)[-1], shelf.prices[pids(first)[-1]]

        for prices in (
            {"a": 0, "z": 9},  # at both ends
            {"e": 2, "g": 2, "i": 2},  # among equals on both sides
            {"m": None, "q": None},
        ):
            shelf.put(**prices)
            assert walked_from(engine, request, first.last) == shelf.behind(last, price)
        shelf.take("d", "e")
        assert walked_from(engine, request, first.last) == shelf.behind(last, price)
        shelf.take(last)  # the hit the page ended with
        assert walked_from(engine, request, first.last) == shelf.behind(last, price)

    @pytest.mark.parametrize("stem", ["", LONG])
    @pytest.mark.parametrize("seed", range(3))
    @pytest.mark.parametrize("sort", [UP, DOWN], ids=["up", "down"])
    def test_pages_by_number_hold_what_stands_behind_the_last_hit_after_any_writes(
        self, engine: SearchEngine, sort: Sort, seed: int, stem: str
    ) -> None:
        chance = random.Random(seed)
        numbers = [None, -3, 0, 1, 1, 2**40, 2**40 + 1]
        build(engine, [])
        shelf = Shelf(engine, sort)
        shelf.put(**{f"{stem}{chance.randrange(100)}": chance.choice(numbers) for _ in range(40)})
        request = replace(FOUND, sort=sort)

        answer = engine.search(request)
        while answer.last is not None and answer.has_more:
            last = answer.last.pid
            price = shelf.prices[last]
            if chance.random() < 0.7:
                shelf.take(*chance.sample(sorted(shelf.prices), 2))
            if chance.random() < 0.3 and last in shelf.prices:
                shelf.take(last)
            fresh = {f"{stem}{chance.randrange(100)}": chance.choice(numbers) for _ in range(2)}
            shelf.put(**{pid: number for pid, number in fresh.items() if pid not in shelf.prices})
            answer = engine.search(replace(request, after=answer.last, size=chance.choice([1, 2, 5])))
            expected = shelf.behind(last, price)
            assert pids(answer) == expected[: len(answer.hits)]
            assert answer.has_more == (len(expected) > len(answer.hits))
            assert answer.total == len(shelf.prices)

    @pytest.mark.parametrize("sort", [Sort(), UP, DOWN], ids=["score", "up", "down"])
    @pytest.mark.parametrize("stem", ["p", LONG])
    def test_pages_through_hundreds_of_equal_hits(self, engine: SearchEngine, sort: Sort, stem: str) -> None:
        names = [f"{stem}{n:03}" for n in range(300)]
        rows = [priced(pid, 5) for pid in names]
        build(engine, reversed(rows))
        request = replace(FOUND, sort=sort, size=90)
        first = engine.search(request)
        assert first.last is not None
        engine.write([priced(f"{stem}000a", 5), priced(f"{stem}100a", 5)], [Deletion(first.last.pid, 2)])
        engine.refresh()

        rest = walked_from(engine, request, first.last)

        if sort.field or pids(first) == names[:90]:  # the database ranks only the newest
            assert (pids(first), rest) == (names[:90], [*names[90:101], f"{stem}100a", *names[101:]])
        assert sorted({*pids(first), *rest} & set(names)) == names
        assert len({*pids(first), *rest}) == len(first.hits) + len(rest)

    @pytest.mark.parametrize("sort", [Sort(), UP], ids=["score", "up"])
    def test_boundary_that_is_hidden_leaves_its_place_behind(self, engine: SearchEngine, sort: Sort) -> None:
        build(engine, [priced(pid, 5) for pid in "abcdefg"])
        request = replace(FOUND, sort=sort)
        first = engine.search(request)
        assert first.last is not None

        hidden = replace(request, hidden=(first.last.pid, "e"))

        assert (pids(first), walked_from(engine, hidden, first.last)) == (["a", "b", "c"], ["d", "f", "g"])

    def test_pages_by_score_go_on_after_writes_with_other_scores(self, engine: SearchEngine) -> None:
        words = [OneOf("words", (word,), 2.0**n) for n, word in enumerate("xyz")]
        titles = {pid: "x y z"[: 1 + 2 * (n % 3)] for n, pid in enumerate("abcdefghi")}
        build(engine, [document(pid, title) for pid, title in titles.items()])
        request = SearchRequest(must=AnyOf(tuple(words)), size=4)
        first = engine.search(request)
        assert first.last is not None
        engine.write([document("bb", "x y z"), document("ee", "x y"), document("e", "x y", version=2)])
        engine.write([document("aa", "x")], [Deletion("c", 2), Deletion("b", 2)])
        engine.refresh()

        rest = walked_from(engine, request, first.last)

        assert (pids(first), rest) == (["c", "f", "i", "b"], ["e", "ee", "h", "a", "aa", "d", "g"])

    def test_only_these_are_hits_with_the_scores_they_have_among_all(self, engine: SearchEngine) -> None:
        build(engine, [document(pid, "x" if pid < "c" else "x y") for pid in "abcd"])
        request = SearchRequest(must=AnyOf((Term("words", "x", 3.0), Term("words", "y"))))
        scores = {hit.pid: hit.score for hit in engine.search(request).hits}

        few = engine.search(replace(request, only=("d", "a", "nobody")))

        assert {hit.pid: hit.score for hit in few.hits} == {pid: scores[pid] for pid in "da"}
        assert few.total == 2
