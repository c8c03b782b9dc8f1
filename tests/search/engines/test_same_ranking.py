"""Both ranking engines put the same ten products first, for every query of the relevance set."""

import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from search.analysis.concepts import built_in_concepts
from search.engines.base import Hit, SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.evaluate import index_set
from search.engines.find import find
from search.engines.tantivy import TantivyEngine
from search.query.relevance import read_set
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
