"""An index that is missing, damaged, of another version, locked or on a folder that cannot be written."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError
from search.engines.tantivy import TantivyEngine
from search.products import tasks
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.engine import forget_desk
from search.products.models import SearchDocument
from search.products.queries import search_products
from search.products.turn import writers_turn
from tests.builders import NOW, make_variant
from tests.search.products.steps import LATER, change_price

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


def damage_missing(folder: Path) -> None:
    shutil.rmtree(folder)


def damage_corrupt(folder: Path) -> None:
    for path in folder.glob("v*/meta.json"):
        path.write_text("{")


def damage_version(folder: Path) -> None:
    for path in folder.glob("v*/generation.json"):
        path.write_text(path.read_text().replace('"schema-', '"older-'))


@pytest.mark.parametrize("damage", [damage_missing, damage_corrupt, damage_version])
def test_unusable_index_the_database_answers_health_says_why_and_a_reindex_mends(
    folder: Path, client: Client, damage: Callable[[Path], None]
) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    damage(folder)
    forget_desk()

    answer = search_products(SearchQuery(text="灰枣"))
    ready = client.get("/readyz")

    assert (answer.engine, answer.degraded, [hit.product_id for hit in answer.hits]) == (
        "database",
        True,
        [variant.product_id],
    )
    assert (ready.status_code, "tantivy" in ready.json()["degraded"]["search"]) == (200, True)

    rebuild_index(now=LATER)

    mended = search_products(SearchQuery(text="灰枣"))
    assert (mended.engine, mended.degraded, mended.total) == ("tantivy", False, 1)
    assert client.get("/readyz").json()["degraded"] == {}


@pytest.mark.parametrize("damage", [damage_missing, damage_version])
def test_worker_builds_a_missing_or_outdated_index_by_itself(folder: Path, damage: Callable[[Path], None]) -> None:
    make_variant()
    drain_outbox(NOW)
    damage(folder)
    forget_desk()

    assert tasks.keep_index(LATER) == 1
    assert tasks.keep_index(LATER) == 0
    assert search_products(SearchQuery(text="灰枣")).engine == "tantivy"


def test_locked_index_is_told_as_waiting_and_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    change_price(variant, "41")
    monkeypatch.setattr("search.products.turn.WAIT_SECONDS", 0.1)

    with writers_turn():
        drain_outbox(NOW)

    event = OutboxEvent.objects.get(done_at=None)
    assert "another process" in event.error
    drain_outbox(LATER)
    assert OutboxEvent.objects.filter(done_at=None).count() == 0


def test_folder_that_cannot_be_written_gives_up_no_change_and_the_rows_have_it(folder: Path) -> None:
    """As on a disk that was mounted read-only: even the lock file cannot be opened."""
    variant = make_variant()
    drain_outbox(NOW)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    forget_desk()
    change_price(variant, "41")

    for hour in range(20):
        drain_outbox(NOW + timedelta(hours=hour))
    with pytest.raises(EngineError, match="index folder"):
        rebuild_index(now=LATER)

    waiting = OutboxEvent.objects.get(done_at=None)
    assert (waiting.dead_at, "index folder" in waiting.error) == (None, True)
    assert SearchDocument.objects.get(is_gone=False).show["price_kg"] == "41.0000"
    folder.unlink()
    rebuild_index(now=LATER)
    drain_outbox(read_clock())
    assert not OutboxEvent.objects.filter(done_at=None).exists()


def test_worker_that_cannot_build_the_index_says_so_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_variant()
    monkeypatch.setattr(TantivyEngine, "create", lambda *args: (_ for _ in ()).throw(EngineError("the disk is full")))

    assert tasks.keep_index(LATER) == 0

    assert ["the disk is full" in record.getMessage() for record in caplog.records] == [True]
    assert caplog.records[0].exc_info is None
