"""The contract on a real server: `ES_TEST_URL`, or `SEARCH_URL` when it names one."""

import os
import uuid
from collections.abc import Iterator

import pytest

from search.engines.base import SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from tests.search.engines.contract import EngineContract
from tests.search.engines.documents import SCHEMA, document, pids

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
