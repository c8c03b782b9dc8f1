"""The contract on a real server: `ES_TEST_URL`, or `SEARCH_URL` when it names one."""

import os
import uuid
from collections.abc import Iterator

import pytest

from search.engines.base import SearchRequest, Sort
from search.engines.elasticsearch import ElasticsearchEngine
from search.query.tree import Term
from tests.search.engines.contract import EngineContract
from tests.search.engines.documents import SCHEMA, build, document, pids
from tests.search.engines.paging_contract import pages

pytestmark = pytest.mark.services


def server_url() -> str:
    url = os.environ.get("ES_TEST_URL") or os.environ.get("SEARCH_URL", "")
    if not url.startswith("http"):
        pytest.fail("set ES_TEST_URL (or SEARCH_URL) to an Elasticsearch server: `make services` starts one")
    return url


@pytest.fixture
def engine() -> Iterator[ElasticsearchEngine]:
    engine = ElasticsearchEngine(server_url(), prefix=f"contract-{uuid.uuid4().hex[:12]}")
    yield engine
    remove_all(engine)


def remove_all(engine: ElasticsearchEngine) -> None:
    live = engine.health("").generation
    for name, _ in engine.generations():
        if name != live:
            engine.drop(name)
    if live:
        engine._writer.indices.delete(index=engine._index(live))


class TestElasticsearch(EngineContract):
    pass


def test_index_gets_copies_and_refreshes_itself_only_when_it_is_to_answer() -> None:
    prefix = f"contract-{uuid.uuid4().hex[:12]}"
    engine = ElasticsearchEngine(server_url(), prefix=prefix, replicas=1, seconds=60)

    def settings() -> tuple[str, str]:
        found = engine._writer.indices.get_settings(index=f"{prefix}_products_g1", flat_settings=True)
        row = found[f"{prefix}_products_g1"]["settings"]
        return row["index.number_of_replicas"], row["index.refresh_interval"]

    try:
        engine.create(SCHEMA, "g1")
        engine.write([document("a", "红枣")], generation="g1")
        assert settings() == ("0", "-1")

        engine.swap("g1")
        assert (settings(), pids(engine.search(SearchRequest()))) == (("1", "1s"), ["a"])
    finally:
        remove_all(engine)


@pytest.mark.parametrize("sort", [Sort(), Sort("price")], ids=["score", "number"])
def test_pages_by_key_go_on_behind_the_ten_thousandth_hit(engine: ElasticsearchEngine, sort: Sort) -> None:
    names = [f"p{number:05}" for number in range(10_030)]
    build(engine, [document(pid, "x", numbers={"price": 7}) for pid in names])
    request = SearchRequest(must=Term("words", "x"), sort=sort, offset=9_990, size=20)

    found = list(pages(engine, request))

    assert found == [names[9_990:10_000], names[10_000:10_020], names[10_020:]]
