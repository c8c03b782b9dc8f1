"""Elasticsearch at its edge: a small server in this process that answers what a test wrote down."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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

PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
HITS = {
    "took": 1,
    "timed_out": False,
    "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
    "hits": {
        "total": {"value": 1, "relation": "eq"},
        "max_score": 1.5,
        "hits": [{"_index": "i", "_id": "a", "_score": 1.5, "_source": {"pid": "a", "show": {"n": 1}}}],
    },
}


@dataclass
class Fake:
    """Answers `status` and `body` to everything and remembers what it was asked."""

    status: int = 200
    body: Any = field(default_factory=lambda: dict(HITS))
    headers: dict[str, str] = field(default_factory=lambda: dict(PRODUCT))
    delay: threading.Event | None = None
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    monkeypatch.undo()  # the engine as it is, without the patience tests have with a busy server
    told = Fake()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            told.asked.append((self.command, self.path, self.rfile.read(length).decode()))
            if told.delay is not None:
                told.delay.wait(10)
            raw = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response(told.status)
            kind = self.headers.get("Accept", "application/json").split(",")[0]
            for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    if told.delay is not None:
        told.delay.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def engine(fake: Fake) -> ElasticsearchEngine:
    return ElasticsearchEngine(fake.url, prefix="t", schema=SCHEMA)


def test_search_sends_one_request_of_core_parts(fake: Fake, engine: ElasticsearchEngine) -> None:
    engine.search(
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
    fake: Fake, engine: ElasticsearchEngine, left: float | None, asked: str
) -> None:
    engine.search(SearchRequest(seconds=left))

    assert json.loads(fake.asked[0][2])["timeout"] == asked


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, IndexMissing), (429, EngineError), (500, EngineError), (503, EngineError), (401, EngineError)],
)
def test_search_server_error_is_a_failure_and_is_not_tried_again(
    fake: Fake, engine: ElasticsearchEngine, status: int, expected: type[Exception]
) -> None:
    fake.status, fake.body = status, {"error": {"type": "x", "reason": "y"}, "status": status}

    with pytest.raises(expected):
        engine.search(SearchRequest())

    assert len(fake.asked) == 1


def test_search_refused_request_is_our_bug_and_no_failure(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.status, fake.body = 400, {"error": {"type": "parsing_exception", "reason": "no"}, "status": 400}

    with pytest.raises(ValueError, match="refuses"):
        engine.search(SearchRequest())


def test_search_partial_answers_are_failures(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.body = {**HITS, "timed_out": True}
    with pytest.raises(EngineTimeout):
        engine.search(SearchRequest())

    fake.body = {**HITS, "_shards": {"total": 1, "successful": 0, "skipped": 0, "failed": 1}}
    with pytest.raises(EngineError):
        engine.search(SearchRequest())


def test_search_that_hangs_times_out(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.delay = threading.Event()

    with pytest.raises(EngineTimeout):
        engine.search(SearchRequest())

    assert len(fake.asked) == 1


def test_search_nobody_there_is_a_failure() -> None:
    with pytest.raises(EngineError):
        ElasticsearchEngine("http://127.0.0.1:9", schema=SCHEMA).search(SearchRequest(sort=Sort("price")))


def test_search_something_else_answers_is_a_failure(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.headers = {}

    with pytest.raises(EngineError):
        engine.search(SearchRequest())


def test_search_answer_that_is_no_json_is_a_failure(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.body = b"<html>proxy</html>"

    with pytest.raises(EngineError):
        engine.search(SearchRequest())


def bulk(*results: dict[str, Any]) -> dict[str, Any]:
    return {"took": 1, "errors": True, "items": list(results)}


def test_write_conflict_and_absence_are_done(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.body = bulk(
        {"index": {"_id": "a", "status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "x"}}},
        {"delete": {"_id": "b", "status": 404, "result": "not_found"}},
    )

    engine.write([document("a", version=7)], [Deletion("b", 8)])

    ((_, path, sent),) = fake.asked
    lines = [json.loads(line) for line in sent.splitlines()]
    assert "require_alias=true" in path
    assert lines[0] == {"index": {"_id": "a", "version": 7, "version_type": "external"}}
    assert lines[2] == {"delete": {"_id": "b", "version": 8, "version_type": "external"}}


@pytest.mark.parametrize(
    ("status", "expected"), [(429, EngineError), (503, EngineError), (404, IndexMissing), (400, ValueError)]
)
def test_write_failed_part_is_raised(
    fake: Fake, engine: ElasticsearchEngine, status: int, expected: type[Exception]
) -> None:
    fake.body = bulk(
        {"index": {"_id": "a", "status": 201}},
        {"index": {"_id": "b", "status": status, "error": {"type": "some", "reason": "because"}}},
    )

    with pytest.raises(expected, match="because"):
        engine.write([document("a"), document("b")])


def test_health_says_what_is_wrong_and_never_raises(fake: Fake, engine: ElasticsearchEngine) -> None:
    fake.status, fake.body = 503, {"error": "unavailable", "status": 503}

    assert "503" in engine.health("1").problem


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
    fake: Fake, engine: ElasticsearchEngine, status: int, body: dict[str, Any], cause: str
) -> None:
    fake.status, fake.body = status, body

    with pytest.raises(EngineError) as failed:
        engine.search(SearchRequest())

    assert failed.value.cause == cause
    assert engine.health("1").cause == cause


def test_server_that_refuses_everything_is_told_and_not_raised(fake: Fake, engine: ElasticsearchEngine) -> None:
    """As one of an older version does with a newer client: health is asked for by pages and probes."""
    fake.status, fake.body = 400, {"error": {"type": "media_type_header_exception", "reason": "odd"}, "status": 400}

    health = engine.health("1")

    assert (health.cause, "media_type_header_exception" in health.problem) == ("unfit", True)


def test_sign_in_page_in_between_is_a_server_that_is_away(fake: Fake, engine: ElasticsearchEngine) -> None:
    """A proxy's page comes with a 200, after the client has once met the true server and looks no more."""
    engine.search(SearchRequest())
    fake.body, fake.headers = b"<html>sign in</html>", {"Content-Type": "text/html"}

    calls: list[Callable[[], object]] = [
        lambda: engine.search(SearchRequest()),
        lambda: engine.write([document("a")]),
        lambda: engine.write([document("a")], generation="g"),
        engine.count,
        lambda: engine.versions(["a"]),
        engine.generations,
    ]
    for call in calls:
        with pytest.raises(EngineError, match="not Elasticsearch") as failed:
            call()
        assert failed.value.cause == "away"
    assert engine.health("1").cause == "away"


def test_cluster_that_may_hold_no_more_shards_is_full_and_no_bug_of_ours(
    fake: Fake, engine: ElasticsearchEngine
) -> None:
    """A 400 too: taken for a wrong request, changes would be given up for it."""
    reason = "this action would add [1] shards, but this cluster currently has [1000]/[1000] maximum normal shards open"
    cause = {"type": "validation_exception", "reason": reason}
    fake.status, fake.body = 400, {"error": {**cause, "root_cause": [cause]}, "status": 400}

    with pytest.raises(EngineError, match="1000") as failed:
        engine.write([document("a")], generation="g")

    assert failed.value.cause == "blocked"
