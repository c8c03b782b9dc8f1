"""Elasticsearch at its edge: a small server in this process that answers what a test wrote down."""

import json
import threading
from typing import Any

import pytest

from search.engines.base import (
    Deletion,
    EngineError,
    EngineTimeout,
    IndexMissing,
    SearchRequest,
    Sort,
)
from search.engines.elasticsearch import ElasticsearchEngine, with_port
from search.query.tree import AllOf, BestOf, Bonus, HasValue, IsTrue, OneOf, Term
from tests.search.engines.documents import SCHEMA, document
from tests.search.engines.fake_elasticsearch import HITS, Fake


def test_search_sends_one_request_of_core_parts(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    faked_engine.search(
        SearchRequest(
            must=AllOf((BestOf((Term("words", "红枣", 2.2), OneOf("py", ("hongzao",), 0.5))),)),
            excluded=(Term("u", "枣"),),
            filters=(HasValue("channels", ("domestic",)),),
            chosen={"grade": HasValue("grade", ("top",))},
            bonuses=(Bonus(IsTrue("in_stock"), 0.6),),
            hidden=("z",),
            session="visitor 1",
        )
    )

    ((method, path, sent),) = fake.asked
    body = json.loads(sent)
    assert (method, path.partition("?")[0], "preference=visitor" in path) == ("POST", "/t_products/_search", True)
    assert body["query"] == {
        "bool": {
            "must": [
                {
                    "bool": {
                        "must": [
                            {
                                "dis_max": {
                                    "queries": [
                                        {"term": {"words": {"value": "红枣", "boost": 1.0}}},
                                        {
                                            "constant_score": {
                                                "filter": {"terms": {"py": ["hongzao"]}},
                                                "boost": 0.5,
                                            }
                                        },
                                    ],
                                    "tie_breaker": 0.1,
                                }
                            }
                        ]
                    }
                }
            ],
            "filter": [{"terms": {"channels": ["domestic"]}}],
            "must_not": [{"term": {"u": {"value": "枣", "boost": pytest.approx(1 / 2.2)}}}, {"terms": {"pid": ["z"]}}],
            "should": [{"constant_score": {"filter": {"term": {"in_stock": True}}, "boost": 0.6}}],
            "minimum_should_match": 0,
        }
    }
    assert body["post_filter"] == {"bool": {"filter": [{"terms": {"grade": ["top"]}}]}}
    assert (body["timeout"], body["sort"]) == ("800ms", [{"_score": "desc"}, {"pid": "asc"}])


@pytest.mark.parametrize(("left", "asked"), [(None, "800ms"), (5.0, "800ms"), (0.3, "300ms"), (0.0, "10ms")])
def test_search_waits_no_longer_than_what_is_left(
    fake: Fake, faked_engine: ElasticsearchEngine, left: float | None, asked: str
) -> None:
    faked_engine.search(SearchRequest(seconds=left))

    assert json.loads(fake.asked[0][2])["timeout"] == asked


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, IndexMissing), (429, EngineError), (500, EngineError), (503, EngineError), (401, EngineError)],
)
def test_search_server_error_is_a_failure_and_is_not_tried_again(
    fake: Fake, faked_engine: ElasticsearchEngine, status: int, expected: type[Exception]
) -> None:
    fake.status, fake.body = status, {"error": {"type": "x", "reason": "y"}, "status": status}

    with pytest.raises(expected):
        faked_engine.search(SearchRequest())

    assert len(fake.asked) == 1


def test_search_refused_request_is_our_bug_and_no_failure(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.status, fake.body = 400, {"error": {"type": "parsing_exception", "reason": "no"}, "status": 400}

    with pytest.raises(ValueError, match="refuses"):
        faked_engine.search(SearchRequest())


def test_search_partial_answers_are_failures(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.body = {**HITS, "timed_out": True}
    with pytest.raises(EngineTimeout):
        faked_engine.search(SearchRequest())

    fake.body = {**HITS, "_shards": {"total": 1, "successful": 0, "skipped": 0, "failed": 1}}
    with pytest.raises(EngineError):
        faked_engine.search(SearchRequest())


def test_search_that_hangs_times_out(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.delay = threading.Event()

    with pytest.raises(EngineTimeout):
        faked_engine.search(SearchRequest())

    assert len(fake.asked) == 1


def test_search_nobody_there_is_a_failure() -> None:
    with pytest.raises(EngineError):
        ElasticsearchEngine("http://127.0.0.1:9", schema=SCHEMA).search(SearchRequest(sort=Sort("price")))


def test_search_something_else_answers_is_a_failure(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.headers = {}

    with pytest.raises(EngineError):
        faked_engine.search(SearchRequest())


def test_search_answer_that_is_no_json_is_a_failure(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.body = b"<html>proxy</html>"

    with pytest.raises(EngineError):
        faked_engine.search(SearchRequest())


def bulk(*results: dict[str, Any]) -> dict[str, Any]:
    return {"took": 1, "errors": True, "items": list(results)}


def test_write_conflict_and_absence_are_done(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.body = bulk(
        {"index": {"_id": "a", "status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "x"}}},
        {"delete": {"_id": "b", "status": 404, "result": "not_found"}},
    )

    faked_engine.write([document("a", version=7)], [Deletion("b", 8)])

    ((_, path, sent),) = fake.asked
    lines = [json.loads(line) for line in sent.splitlines()]
    assert "require_alias=true" in path
    assert lines[0] == {"index": {"_id": "a", "version": 7, "version_type": "external"}}
    assert lines[2] == {"delete": {"_id": "b", "version": 8, "version_type": "external"}}


@pytest.mark.parametrize(
    ("status", "expected"), [(429, EngineError), (503, EngineError), (404, IndexMissing), (400, ValueError)]
)
def test_write_failed_part_is_raised(
    fake: Fake, faked_engine: ElasticsearchEngine, status: int, expected: type[Exception]
) -> None:
    fake.body = bulk(
        {"index": {"_id": "a", "status": 201}},
        {"index": {"_id": "b", "status": status, "error": {"type": "some", "reason": "because"}}},
    )

    with pytest.raises(expected, match="because"):
        faked_engine.write([document("a"), document("b")])


def test_health_says_what_is_wrong_and_never_raises(fake: Fake, faked_engine: ElasticsearchEngine) -> None:
    fake.status, fake.body = 503, {"error": "unavailable", "status": 503}

    assert "503" in faked_engine.health("1").problem


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://u:p@es.example", "https://u:p@es.example:443"),
        ("http://es.example/", "http://es.example:80/"),
        ("http://es.example:", "http://es.example:80"),
        ("http://[::1]", "http://[::1]:80"),
        ("http://es.example:9200/a", "http://es.example:9200/a"),
    ],
)
def test_address_without_a_port_has_that_of_its_scheme(url: str, made: str) -> None:
    assert with_port(url) == made
    ElasticsearchEngine(url)
