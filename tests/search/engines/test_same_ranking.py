"""Both ranking engines put the same ten products first, for every query of the relevance set."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from search.analysis.concepts import built_in_concepts
from search.engines.base import Deletion, Document, Hit, SearchEngine, SearchRequest, Sort
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.evaluate import index_set
from search.engines.find import find
from search.engines.tantivy import TantivyEngine
from search.query.relevance import read_set
from search.query.tree import OneOf
from tests.search.engines.documents import build, document, pids
from tests.search.engines.test_elasticsearch_server import remove_all, server_url
from tests.search.engines.test_evaluate import SET

pytestmark = pytest.mark.services
TOP = 10


@pytest.fixture
def server() -> Iterator[ElasticsearchEngine]:
    prefix = f"ranking-{uuid.uuid4().hex[:12]}"
    engine = ElasticsearchEngine(server_url(), prefix=prefix, seconds=60)  # how busy the machine is proves nothing
    yield engine
    remove_all(engine)


def test_top_ten_are_the_same_but_for_scores_that_are_almost_equal(server: ElasticsearchEngine, tmp_path: Path) -> None:
    data, concepts = read_set(SET), built_in_concepts()
    embedded = TantivyEngine(tmp_path)
    vocabulary = index_set(embedded, data, concepts, "g1")
    index_set(server, data, concepts, "g1")

    request = SearchRequest(size=TOP)
    different = []
    for query in data.queries:
        first, second = (
            find(engine, query.text, request, concepts=concepts, vocabulary=vocabulary) for engine in (embedded, server)
        )
        if (first.total, first.ran) != (second.total, second.ran) or not _agree(first.hits, second.hits):
            different.append(query.text)

    assert len(data.queries) > 700
    assert different == []


def test_pages_by_cursor_are_the_same_list_in_both_engines(server: ElasticsearchEngine, tmp_path: Path) -> None:
    """From the first page to the last, through all passes."""
    data, concepts = read_set(SET), built_in_concepts()
    embedded = TantivyEngine(tmp_path)
    vocabulary = index_set(embedded, data, concepts, "g1")
    index_set(server, data, concepts, "g1")

    def walked(engine: SearchEngine, text: str) -> tuple[Hit, ...]:
        hits: tuple[Hit, ...] = ()
        cursor = None
        for _ in range(100):
            found = find(engine, text, SearchRequest(size=7), concepts=concepts, vocabulary=vocabulary, cursor=cursor)
            hits += found.hits
            cursor = found.cursor
            if cursor is None:
                return hits
        raise AssertionError("the pages have no end")

    for query in data.queries[::24]:
        first, second = walked(embedded, query.text), walked(server, query.text)

        whole = find(embedded, query.text, SearchRequest(size=700), concepts=concepts, vocabulary=vocabulary)
        assert [hit.pid for hit in first] == [hit.pid for hit in whole.hits]
        assert _agree(first, second)


@pytest.mark.parametrize("sort", [Sort(), Sort("price"), Sort("price", descending=True)], ids=["score", "up", "down"])
def test_pages_by_key_are_the_same_in_both_engines_while_both_are_written(
    server: ElasticsearchEngine, tmp_path: Path, sort: Sort
) -> None:
    chance = random.Random(7)
    embedded = TantivyEngine(tmp_path)
    engines: tuple[SearchEngine, ...] = (embedded, server)
    prices = [None, 1, 2, 2, 3]
    rows = [_priced(f"p{number:03}", chance.choice(prices), 1) for number in range(60)]
    for engine in engines:
        build(engine, rows)
    request = SearchRequest(must=OneOf("words", ("x",), 1.0), sort=sort, size=7)

    shown: list[str] = []
    for version in range(2, 20):
        answers = [engine.search(request) for engine in engines]
        assert pids(answers[0]) == pids(answers[1])
        assert [answer.has_more for answer in answers] == [answers[0].has_more] * 2
        shown += pids(answers[0])
        if not answers[0].has_more:
            break
        request = replace(request, after=answers[0].last)
        fresh = [_priced(f"n{chance.randrange(1_000):03}", chance.choice(prices), version) for _ in range(3)]
        gone = [Deletion(shown[-1], version), Deletion(f"p{chance.randrange(60):03}", version)]
        for engine in engines:
            engine.write(fresh, gone)
            engine.refresh()

    assert len(shown) == len(set(shown)) > 40


def _priced(pid: str, price: int | None, version: int) -> Document:
    return document(pid, "x", version=version, numbers={} if price is None else {"price": price})


def _agree(first: tuple[Hit, ...], second: tuple[Hit, ...]) -> bool:
    """Place by place the same score, and the same product wherever scores are told apart."""
    scores = [(one.score, two.score) for one, two in zip(first, second, strict=True)]
    if any(abs(one - two) > 1e-4 * max(one, two) for one, two in scores):
        return False
    apart = {
        place
        for place in range(len(first) - 1)
        if first[place].score - first[place + 1].score > 1e-4 * first[place].score
    }
    groups = [0, *(place + 1 for place in sorted(apart)), len(first)]
    return all(
        {hit.pid for hit in first[start:end]} == {hit.pid for hit in second[start:end]}
        for start, end in pairwise(groups[:-1])
    )
