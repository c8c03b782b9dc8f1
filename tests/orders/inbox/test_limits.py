"""What is refused before it is verified, and that none of it costs the database a write."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from market.common.clock import read_clock
from orders.inbox import limits, views
from orders.inbox.actions import create_endpoint
from orders.inbox.limits import count, counted, wait_for
from orders.inbox.models import InboxEvent
from orders.inbox.queries import endpoint_health
from orders.inbox.views import take
from tests.builders import NOW
from tests.orders.inbox.test_receive import payload, post, signed

pytestmark = pytest.mark.django_db


def test_bucket_gives_its_tokens_and_then_the_seconds_to_wait() -> None:
    at = NOW.replace(second=13)

    assert [wait_for("b", 2, at) for _ in range(4)] == [0, 0, 7, 7]
    assert wait_for("other", 2, at) == 0
    assert wait_for("b", 2, at + timedelta(seconds=7)) == 0


def test_bucket_without_its_cache_lets_everybody_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(caches["limits"], "add", away)

    assert [wait_for("b", 0, NOW) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("name", ["EVERYBODY", "PER_ENDPOINT"])
def test_too_fast_is_told_when_to_come_again_and_nothing_is_stored(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    monkeypatch.setattr(views, name, 1)
    body = payload("W1")
    request = RequestFactory().post(
        "/", body, content_type="application/json", headers=signed(secret, body, at=stamp())
    )

    answers = [take(request, endpoint.pk, NOW) for _ in range(2)]

    assert [answer.status_code for answer in answers[1:]] == [429]
    assert 1 <= int(answers[1]["Retry-After"]) <= 10
    assert InboxEvent.objects.count() == 1


def stamp(at: datetime = NOW) -> int:
    return int(at.timestamp())


def test_flood_of_forgeries_never_writes_and_is_slowed_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, _ = create_endpoint("standard", "truck", now=NOW)
    monkeypatch.setattr(views, "FORGED", 5)

    with CaptureQueriesContext(connection) as queries:
        codes = [
            take(RequestFactory().post("/", b"{}", "application/json"), endpoint.pk, NOW).status_code for _ in range(9)
        ]

    assert codes == [401] * 5 + [429] * 4
    assert not [q for q in queries if not q["sql"].startswith("SELECT")]


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({"content_type": "text/html"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"headers": {"content-encoding": "gzip"}}, 415),
        ({"headers": {f"x-{n}": "1" for n in range(120)}}, 431),
        ({"headers": {"x-long": "a" * 17000}}, 431),
        ({"CONTENT_LENGTH": "999999999999"}, 413),
        ({"CONTENT_LENGTH": "many"}, 400),
    ],
)
def test_unfit_request_is_refused_unread(extra: dict[str, Any], status: int) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("W1")
    extra = {"content_type": "application/json", **extra}
    extra["headers"] = signed(secret, body, at=stamp()) | extra.get("headers", {})

    request = RequestFactory().generic("POST", "/", body, **extra)

    assert take(request, endpoint.pk, NOW).status_code == status
    assert not InboxEvent.objects.exists()


def test_json_with_a_charset_or_without_a_type_is_fit() -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("W1")
    for content_type in ("application/json; charset=utf-8", ""):
        request = RequestFactory().generic("POST", "/", body, content_type, headers=signed(secret, body, at=stamp()))
        assert take(request, endpoint.pk, NOW).status_code == 202


@pytest.mark.parametrize(
    ("adapter", "size", "status"), [("ups_track_alert", 7_000_000, 200), ("easypost", 300_000, 413)]
)
def test_photos_of_ups_may_be_large(client: Client, adapter: str, size: int, status: int) -> None:
    endpoint, secret = create_endpoint(adapter, "partner", now=NOW)
    body = b'{"trackingNumber":"1","deliveryPhoto":"' + b"A" * size + b'"}'

    answer = client.post(
        f"/hooks/{endpoint.pk}/", body, content_type="application/json", headers={"credential": secret}
    )

    assert answer.status_code == status
    assert InboxEvent.objects.count() == (status == 200)


def test_health_counts_refusals_by_reason(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("W1")
    post(client, endpoint, body, {})
    post(client, endpoint, body, {})
    client.post(f"/hooks/{endpoint.pk}/", body, content_type="text/html")
    for _ in range(3):
        assert post(client, endpoint, body, signed(secret, body)) == 202

    (line,) = endpoint_health(read_clock())

    assert (line.received, line.repeated, line.waiting) == (1, 1, 1)
    assert line.refused == {"forged": 2, "unfit": 1}


def test_refusals_of_a_day_are_those_since_midnight_of_the_market() -> None:
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)

    count("forged", "E", midnight - timedelta(seconds=1))
    count("forged", "E", midnight)
    count("forged", "E", midnight + timedelta(hours=23))

    found = [counted(["E"], ("forged",), midnight + timedelta(hours=hours)) for hours in (-1, 0, 12)]
    assert found == [{("E", "forged"): 1}, {("E", "forged"): 2}, {("E", "forged"): 2}]


def basic(client: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client}:{password}".encode()).decode()}


def test_ups_fetches_a_token_and_shows_it(client: Client) -> None:
    endpoint, secret = create_endpoint("ups_track_alert", "UPS", now=NOW)

    given = client.post(f"/hooks/{endpoint.pk}/token", headers=basic(endpoint.pk, secret))

    assert (given.status_code, given["Cache-Control"], given.json()["token_type"]) == (200, "no-store", "Bearer")
    body = b'{"trackingNumber":"1"}'
    headers = {"authorization": f"Bearer {given.json()['access_token']}", "x-api-key": endpoint.pk}
    answer = client.post(f"/hooks/{endpoint.pk}/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def test_token_is_not_given_to_anybody_else(client: Client) -> None:
    endpoint, secret = create_endpoint("ups_track_alert", "UPS", now=NOW)
    other, other_secret = create_endpoint("standard", "truck", now=NOW)
    wrong: list[tuple[str, dict[str, str]]] = [
        (endpoint.pk, {}),
        (endpoint.pk, basic(endpoint.pk, "wrong")),
        (endpoint.pk, basic("somebody", secret)),
        (endpoint.pk, basic(endpoint.pk, other_secret)),
        (endpoint.pk, {"authorization": "Basic %%%"}),
        (endpoint.pk, {"authorization": f"Bearer {secret}"}),
        (other.pk, basic(other.pk, other_secret)),
        ("nobody", basic("nobody", "")),
    ]
    for name, headers in wrong:
        answer = client.post(f"/hooks/{name}/token", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert client.get(f"/hooks/{endpoint.pk}/token").status_code == 405
    names = [endpoint.pk, other.pk, "nobody", "somebody"]
    assert set(counted(names, ("forged",), read_clock())) == {(endpoint.pk, "forged")}


def test_tokens_are_asked_for_within_what_everybody_may(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "EVERYBODY", 3)
    with time_machine.travel(NOW, tick=False):  # the next window would begin anew
        answers = [client.post(f"/hooks/invented-{n}/token").status_code for n in range(5)]

    assert answers == [401, 401, 401, 429, 429]


def test_of_many_tokens_a_process_asks_for_one_in_a_hundred_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    cache = caches["limits"]
    incr = cache.incr

    def take(key: str, delta: int = 1) -> int:
        asked.append(delta)
        return int(incr(key, delta))

    monkeypatch.setattr(cache, "incr", take)

    waits = [wait_for("many", 600, NOW.replace(second=13)) for _ in range(602)]

    assert waits == [0] * 600 + [7] * 2
    assert asked == [6] * 101  # the last says that nothing is left, and is not asked again
    assert wait_for("many", 600, NOW.replace(second=20)) == 0


def test_two_processes_together_let_no_more_pass_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    processes: list[dict[Any, Any]] = [{}, {}]
    passed = 0
    for number in range(500):
        monkeypatch.setattr(limits, "_held", processes[number % 2])
        passed += wait_for("shared", 400, NOW) == 0

    assert passed == 400


def test_names_of_strangers_are_not_kept() -> None:
    before = len(limits._held)

    for number in range(50):
        wait_for(f"token:{number}", 60, NOW)

    assert len(limits._held) == before
