"""The same documents, trees and statistics give the same ranks in both engines: every judged query, the first ten."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from search.analysis.concepts import built_in_concepts
from search.engines.base import SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.evaluate import index_set
from search.engines.find import find
from search.engines.tantivy import TantivyEngine
from search.query.relevance import read_set
from tests.search.engines.test_elasticsearch_server import remove_all, server_url

pytestmark = pytest.mark.services


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ElasticsearchEngine]:
    monkeypatch.setattr("search.engines.elasticsearch.SEARCH_SECONDS", 30.0)
    monkeypatch.setattr("search.engines.elasticsearch.SEARCH_TIMEOUT_MS", 30_000)
    engine = ElasticsearchEngine(server_url(), prefix=f"agree-{uuid.uuid4().hex[:12]}", replicas=0)
    yield engine
    remove_all(engine)


def test_every_judged_query_has_the_same_first_ten(server: ElasticsearchEngine, tmp_path: Path) -> None:
    judged = read_set(settings.BASE_DIR / "tests" / "data" / "search" / "agri-dev")
    embedded, concepts = TantivyEngine(tmp_path), built_in_concepts()
    vocabulary = index_set(embedded, judged, concepts, "v1")
    index_set(server, judged, concepts, "v1")
    other: list[str] = []

    for query in judged.queries:
        here, there = (
            find(engine, query.text, SearchRequest(size=10), concepts=concepts, vocabulary=vocabulary)
            for engine in (embedded, server)
        )
        ours, theirs = [hit.score for hit in here.hits], [hit.score for hit in there.hits]
        # Scores that are equal to four digits may stand in either order.
        if here.total != there.total or ours != pytest.approx(theirs, rel=1e-4):
            other.append(query.text)

    assert len(judged.queries) > 700
    assert other == []
