"""An index is built beside the live one, and a missing or damaged one is stood in for and mended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Variant
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, SearchRequest
from search.engines.tantivy import TantivyEngine
from search.products import tasks, write
from search.products.actions import rebuild_index as rebuild_module
from search.products.actions.check_index import check_index
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.engine import search_desk
from search.products.models import IndexGeneration, SearchDocument
from search.products.queries import search_products
from search.products.turn import REBUILD_KEY, rebuild_turn
from tests.builders import NOW, make_variant
from tests.search.products.steps import LATER, change_price, versions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


def test_rebuild_answers_from_the_old_index_until_the_swap(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = [make_variant() for _ in range(3)]
    drain_outbox(NOW)
    seen: list[tuple[int, str]] = []
    real = write.write_batch

    def watched(*args: Any) -> dict[int, Exception]:
        answer = search_products(SearchQuery(text="灰枣"))
        seen.append((answer.total, answer.engine))
        return real(*args)

    monkeypatch.setattr(rebuild_module, "write_batch", watched)
    generation = rebuild_index(now=LATER)

    assert generation is not None
    assert (generation.state, generation.documents) == ("live", 3)
    assert seen
    assert set(seen) == {(len(variants), "tantivy")}
    assert search_products(SearchQuery(text="灰枣")).total == 3


def test_rebuild_takes_along_what_changes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    real = rebuild_module._write_everything

    def and_then_a_change(*args: Any) -> set[int]:
        failed = real(*args)
        change_price(variant, "77")
        drain_outbox(NOW)  # into the old index
        return failed

    monkeypatch.setattr(rebuild_module, "_write_everything", and_then_a_change)
    rebuild_index(now=NOW)

    rows, engine = versions()
    assert rows == engine
    assert search_desk().main.search(SearchRequest()).hits[0].show["price_kg"] == "77.0000"


def test_rebuild_that_fails_leaves_the_old_index(monkeypatch: pytest.MonkeyPatch) -> None:
    make_variant()
    drain_outbox(NOW)
    live = search_desk().health().generation
    monkeypatch.setattr(rebuild_module, "_write_everything", lambda *args: set())  # nothing arrives
    OutboxEvent.objects.all().delete()

    with pytest.raises(EngineError, match="holds 0 documents"):
        rebuild_index(now=LATER)

    assert search_desk().health().generation == live
    assert search_products(SearchQuery()).total == 1
    assert IndexGeneration.objects.filter(state="failed").count() == 1


def test_rebuild_drops_generations_older_than_a_day() -> None:
    make_variant()
    drain_outbox(NOW)
    rebuild_index(now=LATER)
    IndexGeneration.objects.filter(state="old").update(ended_at=NOW - timedelta(days=2))

    rebuild_index(now=LATER)

    assert sorted(IndexGeneration.objects.values_list("state", flat=True)) == ["dropped", "live", "old"]
    assert len(search_desk().main.generations()) == 2


def test_two_rebuilds_at_once_are_one() -> None:
    make_variant()
    drain_outbox(NOW)

    with another_process_rebuilds(), pytest.raises(EngineError):
        rebuild_index(now=LATER)

    assert IndexGeneration.objects.count() == 1


@contextmanager
def another_process_rebuilds() -> Iterator[None]:
    """PostgreSQL's lock belongs to a session: a second one has to hold it."""
    if connection.vendor != "postgresql":
        with rebuild_turn():
            yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [REBUILD_KEY])
            yield
    finally:
        other.close()


def test_withdrawn_products_leave_no_stray_after_a_rebuild() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    Variant.objects.filter(pk=variant.pk).update(is_active=False)  # without telling anybody

    rebuild_index(now=LATER)

    assert search_products(SearchQuery()).total == 0
    assert search_desk().main.count() == 0


def test_embedded_fallback_is_kept_beside_a_server_and_answers_for_it(settings: Settings, folder: Path) -> None:
    settings.SEARCH_FALLBACK_URL = f"tantivy://{folder}"
    settings.SEARCH_URL = "http://127.0.0.1:9"
    variant = make_variant()
    tasks.keep_index(NOW)  # the server cannot be reached, the fallback is missing

    change_price(variant, "41")
    drain_outbox(NOW)
    answer = search_products(SearchQuery(text="灰枣"))

    assert (answer.engine, answer.degraded) == ("tantivy", True)
    assert [hit.price_per_kg for hit in answer.hits] == [41]
    assert "41.0000" in str(TantivyEngine(folder).search(SearchRequest()).hits)
    assert OutboxEvent.objects.filter(done_at=None).exists()  # the server is still to hear of it


def test_rebuild_that_fails_leaves_nothing_of_the_new_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a worker that tries again and again would fill the disk with halves."""
    make_variant()
    drain_outbox(NOW)
    live = search_desk().health().generation
    monkeypatch.setattr(TantivyEngine, "write", lambda *args, **kwargs: (_ for _ in ()).throw(EngineError("full")))

    for _ in range(3):
        with pytest.raises(EngineError):
            rebuild_index(now=LATER)

    assert [path.name for path in folder.iterdir() if path.is_dir()] == [live]


def test_rebuild_drops_what_a_killed_one_left_and_keeps_one_that_was_swapped_in(folder: Path) -> None:
    make_variant()
    drain_outbox(NOW)
    desk = search_desk()
    half, swapped = (
        IndexGeneration.objects.create(
            name=name, engine="tantivy", schema_version="", started_at=NOW, state=IndexGeneration.State.BUILDING
        )
        for name in ("v8", "v9")
    )
    for name in ("v8", "v9"):
        desk.main.create(desk.schema, name)
    desk.main.swap("v9")

    rebuild_index(now=LATER)

    for generation in (half, swapped):
        generation.refresh_from_db()
    assert (half.state, swapped.state) == ("failed", "old")
    assert {path.name for path in folder.iterdir() if path.is_dir()} >= {"v9"}
    assert not (folder / "v8").exists()


@pytest.mark.parametrize("is_new", [False, True])
def test_rebuild_takes_along_what_a_long_transaction_dated_long_before(
    is_new: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its events are older than any the rebuild looks for, and were drained into the old index."""
    variant = make_variant()
    drain_outbox(NOW)
    real = rebuild_module._write_everything

    def and_then_a_commit(*args: Any) -> set[int]:
        failed = real(*args)
        if is_new:
            make_variant(price="77")
        change_price(variant, "77")
        OutboxEvent.objects.filter(done_at=None).update(created_at=NOW - timedelta(hours=3))
        drain_outbox(NOW)
        return failed

    monkeypatch.setattr(rebuild_module, "_write_everything", and_then_a_commit)
    rebuild_index(now=NOW)

    rows, engine = versions()
    assert rows == engine
    hits = search_desk().main.search(SearchRequest()).hits
    assert {hit.show["price_kg"] for hit in hits} == {"77.0000"}
    assert len(hits) == 1 + is_new


def test_rebuild_takes_along_what_was_withdrawn_and_dated_long_before(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    real = rebuild_module._write_everything

    def and_then_a_commit(*args: Any) -> set[int]:
        failed = real(*args)
        withdraw_product(variant.product, now=NOW)
        OutboxEvent.objects.filter(done_at=None).update(created_at=NOW - timedelta(hours=3))
        drain_outbox(NOW)
        return failed

    monkeypatch.setattr(rebuild_module, "_write_everything", and_then_a_commit)
    rebuild_index(now=NOW)

    assert search_desk().main.count() == 0


def test_rebuild_tries_at_once_what_waited_or_was_given_up() -> None:
    waits, dead = make_variant(), make_variant()
    drain_outbox(NOW)
    for variant in (waits, dead):
        change_price(variant, "41")
    open_events = OutboxEvent.objects.filter(done_at=None)
    open_events.filter(subject=str(waits.product_id)).update(attempts=7, due_at=LATER + timedelta(hours=2))
    open_events.filter(subject=str(dead.product_id)).update(attempts=8, dead_at=NOW)

    rebuild_index(now=LATER)
    drain_outbox(read_clock())

    assert not OutboxEvent.objects.filter(done_at=None).exists()


def test_rebuild_that_never_answers_leaves_the_live_index_as_new_as_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed or failed: nothing has changed, so nothing is to be mended."""
    make_variant()
    drain_outbox(NOW)
    monkeypatch.setattr(TantivyEngine, "swap", lambda *args: (_ for _ in ()).throw(EngineError("no")))

    with pytest.raises(EngineError):
        rebuild_index(now=LATER)

    rows, engine = versions()
    assert rows == engine
    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=5)
    assert check_index(later, is_full=True).problems == []


def test_reindex_that_is_stopped_or_fails_says_so_in_one_line_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_variant()
    drain_outbox(NOW)
    live = search_desk().health().generation

    for error, code, says in (
        (KeyboardInterrupt(), 130, "stopped"),
        (EngineError("the disk is full"), 1, "disk is full"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(TantivyEngine, "write", lambda *args, error=error, **kwargs: (_ for _ in ()).throw(error))
            with pytest.raises(CommandError, match=says) as ended:
                call_command("reindex_search", stdout=StringIO())
        assert ended.value.returncode == code
        assert "what answered before goes on answering" in str(ended.value)

    assert [path.name for path in folder.iterdir() if path.is_dir()] == [live]
    assert IndexGeneration.objects.filter(state="failed").count() == 2
