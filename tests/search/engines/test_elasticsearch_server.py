"""The contract on a real server: `ES_TEST_URL`, or `SEARCH_URL` when it names one."""

import os
import uuid
from collections.abc import Iterator

import pytest

from search.engines.elasticsearch import ElasticsearchEngine
from tests.search.engines.contract import EngineContract

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
