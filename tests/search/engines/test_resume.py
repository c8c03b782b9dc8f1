"""A list by score while the index is written: every write moves the scores of all."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search.engines.base import Deletion, EngineAnswer, Hit, Key, SearchEngine, SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.resume import key_now, last_shown, search_behind
from search.engines.tantivy import TantivyEngine
from search.query.tree import AnyOf, Bonus, IsTrue, Term
from tests.search.engines.documents import build, document, pids
from tests.search.engines.test_elasticsearch_server import remove_all, server_url

ENGINES = ["tantivy", pytest.param("elasticsearch", marks=pytest.mark.services)]
WORDS = AnyOf((Term("words", "x", 3.0), Term("words", "y", 3.0), Term("body", "x")))
REQUEST = SearchRequest(must=WORDS, bonuses=(Bonus(IsTrue("in_stock"), 0.6),), size=50)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    if request.param == "tantivy":
        yield TantivyEngine(tmp_path / "search")
        return
    engine = ElasticsearchEngine(server_url(), prefix=f"resume-{uuid.uuid4().hex[:12]}", seconds=60)
    yield engine
    remove_all(engine)


def shelf(engine: SearchEngine) -> set[str]:
    """Two hundred titles of four kinds, many of them equal, among others that have none of the words."""
    kinds = ("x", "x z", "y", "x y z")
    hits = [document(f"p{n:03}", kinds[n % 4], in_stock=n % 8 < 4) for n in range(200)]
    build(engine, [*hits, *(document(f"q{n:03}", "z") for n in range(300))])
    return {hit.pid for hit in hits}


def behind(engine: SearchEngine, first: EngineAnswer, request: SearchRequest = REQUEST) -> tuple[Key, list[str]]:
    """The key as scores stand now, and all that stands behind it, in pages."""
    assert first.last is not None
    shown = last_shown((), first.hits)
    key = key_now(engine, request, first.last, shown)
    found: list[str] = []
    answer = first
    while answer.has_more:
        assert answer.last is not None
        answer = search_behind(engine, request, answer.last, shown)
        found += pids(answer)
        shown = last_shown(shown, answer.hits)
    return key, found


def write(engine: SearchEngine, *changed: str, gone: tuple[str, ...] = (), title: str = "x y z") -> None:
    """New hits of all kinds, and some old ones."""
    rows = [document(f"new{n}", kind) for n, kind in enumerate(("x", "y", "x y", "x y z z", "z"))]
    engine.write([*rows, *(document(pid, title, version=2) for pid in changed)], [Deletion(pid, 2) for pid in gone])
    engine.refresh()


def test_nothing_written_is_the_same_key_and_the_same_list(engine: SearchEngine) -> None:
    shelf(engine)
    first = engine.search(REQUEST)

    key, rest = behind(engine, first)

    assert key == first.last
    assert pids(first) + rest == pids(engine.search(replace(REQUEST, size=300)))


def test_scores_that_moved_for_all_repeat_and_drop_nothing(engine: SearchEngine) -> None:
    """Without the look at the last hits a whole group of equal ones would come again or not at all."""
    hits = shelf(engine)
    first = engine.search(REQUEST)
    write(engine)

    key, rest = behind(engine, first)

    assert first.last is not None
    assert key.value != first.last.value
    assert [pid for pid in rest if pid in pids(first)] == []
    assert hits <= {*pids(first), *rest}


def test_boundary_that_was_deleted_is_told_by_those_before_it(engine: SearchEngine) -> None:
    hits = shelf(engine)
    first = engine.search(REQUEST)
    write(engine, gone=(pids(first)[-1], pids(first)[10]))

    _, rest = behind(engine, first)

    assert [pid for pid in rest if pid in pids(first)] == []
    assert hits <= {*pids(first), *rest}


@pytest.mark.parametrize("title", ["z x z z z z z z z z z z z z", "x y", "z"])
def test_boundary_that_changed_itself_is_not_followed(engine: SearchEngine, title: str) -> None:
    hits = shelf(engine)
    first = engine.search(REQUEST)
    own = pids(first)[-1]
    write(engine, own, title=title)

    _, rest = behind(engine, first)

    assert [pid for pid in rest if pid in pids(first)] in ([], [own])
    assert hits <= {*pids(first), *rest}


def test_boundary_an_officer_hid_still_tells_where_the_list_stood(engine: SearchEngine) -> None:
    hits = shelf(engine)
    first = engine.search(REQUEST)
    own = pids(first)[-1]
    write(engine)

    _, rest = behind(engine, first, replace(REQUEST, hidden=tuple(pids(first)[-3:])))

    assert [pid for pid in rest if pid in pids(first)] == []
    assert hits - {own} <= {*pids(first), *rest}


def test_hits_that_fell_behind_the_boundary_are_not_shown_again(engine: SearchEngine) -> None:
    """One of the words became more frequent, so that its hits stand behind the others now."""
    titles = {"a0": "y", "a1": "y", "a2": "y", "b0": "x", "b1": "x", "b2": "x"}
    build(engine, [*(document(*item) for item in titles.items()), *(document(f"q{n}", "z") for n in range(30))])
    request = replace(REQUEST, size=5)
    first = engine.search(request)
    engine.write([document(f"c{n}", "y") for n in range(3)])
    engine.refresh()

    _, rest = behind(engine, first, request)

    assert pids(first) == ["a0", "a1", "a2", "b0", "b1"]
    assert rest == ["b2", "c0", "c1", "c2"]


def test_all_that_were_shown_last_gone_keeps_the_key_as_it_was(engine: SearchEngine) -> None:
    shelf(engine)
    first = engine.search(REQUEST)
    write(engine, gone=tuple(pids(first)[-5:]))

    assert behind(engine, first)[0] == first.last


def test_pages_of_one_hit_remember_the_ones_before() -> None:
    before = tuple((9.0 - n, pid) for n, pid in enumerate("abcde"))

    assert last_shown(before, [Hit("f", 1.0, {})]) == (*before[1:], (1.0, "f"))
    assert last_shown((), [Hit("d", 1.0, {})]) == ((1.0, "d"),)
