"""What a server that fails, refuses or is somebody else tells us."""

from collections.abc import Callable
from typing import Any

import pytest

from search.engines.base import (
    EngineError,
    SearchRequest,
)
from search.engines.elasticsearch import ElasticsearchEngine
from tests.search.engines.documents import document
from tests.search.engines.fake_elasticsearch import Fake


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, {"error": {"type": "security_exception", "reason": "missing credentials"}, "status": 401}, "refused"),
        (403, {"error": {"type": "security_exception", "reason": "unauthorized"}, "status": 403}, "refused"),
        (403, {"error": {"type": "cluster_block_exception", "reason": "blocked"}, "status": 403}, "blocked"),
        (429, {"error": {"type": "es_rejected_execution_exception", "reason": "full"}, "status": 429}, "blocked"),
        (400, {"error": {"type": "index_closed_exception", "reason": "closed"}, "status": 400}, "blocked"),
        (502, {}, "away"),
        (503, {"error": {"type": "search_phase_execution_exception", "reason": "all shards failed"}}, "broken"),
    ],
)
def test_failure_says_what_kind_it_is(
    fake: Fake, faked_engine: ElasticsearchEngine, status: int, body: dict[str, Any], cause: str
) -> None:
    fake.status, fake.body = status, body

    with pytest.raises(EngineError) as failed:
        faked_engine.search(SearchRequest())

    assert failed.value.cause == cause
    assert faked_engine.health("1").cause == cause


def test_server_that_refuses_everything_is_told_and_not_raised(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    """As one of an older version does with a newer client: health is asked for by pages and probes."""
    fake.status, fake.body = 400, {"error": {"type": "media_type_header_exception", "reason": "odd"}, "status": 400}

    health = faked_engine.health("1")

    assert (health.cause, "media_type_header_exception" in health.problem) == ("unfit", True)


def test_sign_in_page_in_between_is_a_server_that_is_away(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    """A proxy's page comes with a 200, after the client has once met the true server and looks no more."""
    faked_engine.search(SearchRequest())
    fake.body, fake.headers = b"<html>sign in</html>", {"Content-Type": "text/html"}

    calls: list[Callable[[], object]] = [
        lambda: faked_engine.search(SearchRequest()),
        lambda: faked_engine.write([document("a")]),
        lambda: faked_engine.write([document("a")], generation="g"),
        faked_engine.count,
        lambda: faked_engine.versions(["a"]),
        faked_engine.generations,
    ]
    for call in calls:
        with pytest.raises(EngineError, match="not Elasticsearch") as failed:
            call()
        assert failed.value.cause == "away"
    assert faked_engine.health("1").cause == "away"


def test_cluster_that_may_hold_no_more_shards_is_full_and_no_bug_of_ours(
    fake: Fake, faked_engine: ElasticsearchEngine
) -> None:
    """A 400 too: taken for a wrong request, changes would be given up for it."""
    reason = "this action would add [1] shards, but this cluster currently has [1000]/[1000] maximum normal shards open"
    cause = {"type": "validation_exception", "reason": reason}
    fake.status, fake.body = 400, {"error": {**cause, "root_cause": [cause]}, "status": 400}

    with pytest.raises(EngineError, match="1000") as failed:
        faked_engine.write([document("a")], generation="g")

    assert failed.value.cause == "blocked"
