"""The officers' page of the search engine: which answers, why, and a new index on request."""

from datetime import timedelta

import pytest

from catalog.products.actions.publish_product import withdraw_product
from market.common.audit.models import AuditEntry
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, EngineTimeout, Health
from search.products.engine import search_desk
from search.products.models import IndexGeneration
from tests.builders import NOW, make_variant
from tests.market.office.test_search_pages import text_of, top

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.office.desk.read_clock", lambda: NOW)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("missing", "There is no index"),
        ("unfit", "not one that this version of Tuanji has built"),
        ("away", "cannot be reached"),
        ("refused", "refuses our name or password"),
        ("blocked", "takes nothing"),
        ("disk", "its disk is full"),
        ("broken", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_engine_page_says_which_answers_and_why(cause: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_variant()
    drain_outbox(NOW)
    client = top()
    assert "Search works as it should" in text_of(client, "engine/")

    monkeypatch.setattr(type(search_desk().main), "health", lambda *args: Health("", "", 0, "so and so", cause))
    page = text_of(client, "engine/")

    assert "the database itself answers instead" in page
    assert words in page


def test_rebuild_is_queued_once_and_done_by_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    make_variant()
    drain_outbox(NOW)
    client = top()

    for _ in range(2):
        assert client.post("/en/ops/search/engine/").status_code == 302
    assert OutboxEvent.objects.filter(topic="search.rebuild").count() == 1
    assert "has been asked for" in text_of(client, "engine/")
    before = IndexGeneration.objects.filter(state="live").get().name
    drain_outbox(NOW)

    assert IndexGeneration.objects.filter(state="live").get().name != before
    assert "Rebuild the index" in text_of(client, "engine/")
    assert AuditEntry.objects.filter(action="search.rebuild").count() == 1


@pytest.mark.parametrize("error", [EngineError("away"), EngineTimeout("another process is rebuilding")])
def test_rebuild_that_cannot_run_now_waits(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    make_variant()
    drain_outbox(NOW)
    top().post("/en/ops/search/engine/")

    def fails(**kwargs: object) -> None:
        raise error

    monkeypatch.setattr("search.products.tasks.rebuild_index", fails)
    drain_outbox(NOW)

    event = OutboxEvent.objects.get(topic="search.rebuild")
    assert (event.done_at, event.dead_at) == (None, None)


def test_engine_page_tells_of_changes_that_do_not_arrive() -> None:
    """The index answers as ever, but nothing new comes into it."""
    variant = make_variant()
    drain_outbox(NOW)
    withdraw_product(variant.product, now=NOW)
    at = NOW - timedelta(hours=1)
    OutboxEvent.objects.filter(done_at=None).update(created_at=at, attempts=3, error="TryLater: the disk is full")

    page = text_of(top(), "engine/")

    assert "Search works as it should" not in page
    assert "Changes do not reach the index" in page
    assert "the disk is full" in page
