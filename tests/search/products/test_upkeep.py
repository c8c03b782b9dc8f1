"""The index follows the catalogue, whatever happens to drainers, engines and processes."""

import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Product, Variant
from market.common.outbox.drain import MAX_ATTEMPTS, drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import Deletion, Document, EngineError, EngineTimeout, SearchRequest
from search.engines.tantivy import TantivyEngine
from search.products import documents, tasks, write
from search.products.actions import rebuild_index as rebuild_module
from search.products.actions.check_index import check_index, mend_stale
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.engine import forget_desk, search_desk
from search.products.models import IndexGeneration, SearchDocument
from search.products.queries import search_products
from search.products.turn import rebuild_turn, writers_turn
from tests.builders import NOW, domestic, make_category, make_enterprise, make_variant

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=30)


def prices(text: str = "") -> list[Decimal]:
    return sorted(hit.price_per_kg for hit in search_products(SearchQuery(text=text)).hits)


def change_price(variant: Variant, amount: str) -> None:
    set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal(amount))], now=NOW)


def versions() -> tuple[dict[str, int], dict[str, int]]:
    """(of the database rows, of the engine)."""
    rows = dict(SearchDocument.objects.filter(is_gone=False).values_list("pid", "version"))
    return rows, dict(search_desk().main.versions(list(SearchDocument.objects.values_list("pid", flat=True))))


# ---------------------------------------------------------------------- draining


def test_first_drain_builds_the_index_from_everything() -> None:
    forgotten = make_variant()
    OutboxEvent.objects.all().delete()
    told = make_variant()

    drain_outbox(NOW)

    assert {hit.product_id for hit in search_products(SearchQuery()).hits} == {forgotten.product_id, told.product_id}
    assert IndexGeneration.objects.get().state == "live"


def test_many_events_of_one_product_are_one_load(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    loads: list[Sequence[int]] = []
    real = documents.load_documents

    def counted(ids: Sequence[int], version: int) -> documents.Loaded:
        loads.append(list(ids))
        return real(ids, version)

    monkeypatch.setattr(write, "load_documents", counted)
    for amount in ("31", "32", "33"):
        change_price(variant, amount)
    drain_outbox(NOW)

    assert loads == [[variant.product_id]]
    assert prices() == [33]


def test_product_that_cannot_be_read_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = make_variant(), make_variant()
    drain_outbox(NOW)
    real = documents._streams
    monkeypatch.setattr(documents, "_streams", lambda product: 1 / 0 if product.pk == bad.product_id else real(product))
    change_price(bad, "41")
    change_price(good, "42")

    drain_outbox(NOW)

    assert prices() == [30, 42]
    waiting = OutboxEvent.objects.filter(done_at=None).values_list("subject", "attempts")
    assert list(waiting) == [(str(bad.product_id), 1)]


@pytest.mark.parametrize("error", [EngineError("away"), EngineTimeout("locked")])
def test_engine_that_is_away_loses_no_change_however_long(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    change_price(variant, "41")
    with monkeypatch.context() as patch:
        patch.setattr(TantivyEngine, "write", lambda *args, **kwargs: (_ for _ in ()).throw(error))
        for hour in range(3 * MAX_ATTEMPTS):
            drain_outbox(NOW + timedelta(hours=hour))
        event = OutboxEvent.objects.get(done_at=None)
        assert (event.dead_at, str(error) in event.error) == (None, True)
        # The rows had it at once, and cards are read from them.
        assert prices() == [41]

    drain_outbox(NOW + timedelta(days=3))

    assert OutboxEvent.objects.filter(done_at=None).count() == 0
    rows, engine = versions()
    assert rows == engine


def stale_writer(monkeypatch: pytest.MonkeyPatch, between: Callable[[], None], *, versions_off: bool) -> None:
    """The next load is followed by what another drainer does, and only then written."""
    real = documents.load_documents
    monkeypatch.setattr(write, "load_documents", real)
    waiting = [between]

    def slow(ids: Sequence[int], version: int) -> documents.Loaded:
        loaded = real(ids, version)
        if waiting:
            waiting.pop()()
            if versions_off:
                late = version + 1_000
                loaded = documents.Loaded(
                    [Document(**{**vars(document), "version": late}) for document in loaded.documents],
                    [Deletion(deletion.pid, late) for deletion in loaded.deletions],
                )
        return loaded

    monkeypatch.setattr(write, "load_documents", slow)


@pytest.mark.parametrize(("versions_off", "left"), [(True, [30]), (False, [])])
def test_drainer_that_wakes_late_does_not_bring_back_what_was_withdrawn(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, versions_off: bool, left: list[int]
) -> None:
    """With versions off (drawn at the write, not before the load) the old state wins: that is the race."""
    settings.SEARCH_URL = "database:"
    variant = make_variant()
    drain_outbox(NOW)

    def other_drainer() -> None:
        withdraw_product(Product.objects.get(pk=variant.product_id), now=NOW)
        drain_outbox(NOW)

    change_price(variant, "30")
    stale_writer(monkeypatch, other_drainer, versions_off=versions_off)
    drain_outbox(NOW)

    assert [row.show["price_kg"] for row in SearchDocument.objects.filter(is_gone=False)] == [
        f"{price}.0000" for price in left
    ]


@pytest.mark.parametrize(("versions_off", "price"), [(True, "31.0000"), (False, "55.0000")])
def test_drainer_that_wakes_late_does_not_overwrite_a_newer_price(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, versions_off: bool, price: str
) -> None:
    settings.SEARCH_URL = "database:"
    variant = make_variant()
    drain_outbox(NOW)

    def other_drainer() -> None:
        change_price(variant, "55")
        drain_outbox(NOW)

    change_price(variant, "31")
    stale_writer(monkeypatch, other_drainer, versions_off=versions_off)
    drain_outbox(NOW)

    assert Decimal(SearchDocument.objects.get(is_gone=False).show["price_kg"]) == Decimal(price)


# ---------------------------------------------------------------------- rebuilding


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

    with rebuild_turn(), pytest.raises(EngineError):
        rebuild_index(now=LATER)

    assert IndexGeneration.objects.count() == 1


def test_withdrawn_products_leave_no_stray_after_a_rebuild() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    Variant.objects.filter(pk=variant.pk).update(is_active=False)  # without telling anybody

    rebuild_index(now=LATER)

    assert search_products(SearchQuery()).total == 0
    assert search_desk().main.count() == 0


# ---------------------------------------------------------------------- an index that is not there


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.SEARCH_URL.removeprefix("tantivy://"))


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


# ---------------------------------------------------------------------- checking


def test_check_finds_nothing_wrong_after_a_drain() -> None:
    make_variant()
    drain_outbox(NOW)

    assert check_index(LATER).problems == []


def test_check_finds_changes_that_told_nobody_and_mends_them() -> None:
    renamed, withdrawn, unseen = make_variant(), make_variant(), make_variant()
    drain_outbox(NOW)
    SearchDocument.objects.filter(product_id=unseen.product_id).delete()
    at = SearchDocument.objects.latest("written_at").written_at + timedelta(hours=1)
    Product.objects.filter(pk=renamed.product_id).update(name_zh="骏枣", updated_at=at)
    Product.objects.filter(pk=withdrawn.product_id).update(state="withdrawn")

    report = check_index(at + timedelta(minutes=5))
    assert sorted(report.stale) == sorted([renamed.product_id, withdrawn.product_id, unseen.product_id])
    mend_stale(report, NOW)
    drain_outbox(NOW)

    assert {hit.product_id for hit in search_products(SearchQuery(text="枣")).hits} == {
        renamed.product_id,
        unseen.product_id,
    }


def test_check_tells_lag_and_what_was_given_up() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    change_price(variant, "41")
    change_price(variant, "42")
    OutboxEvent.objects.filter(pk=OutboxEvent.objects.latest("pk").pk).update(dead_at=NOW)

    problems = " ".join(check_index(LATER).problems)

    assert "wait for 1800 seconds" in problems
    assert "1 changes were given up" in problems


def test_check_finds_an_engine_that_lost_documents() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    search_desk().main.write([], [Deletion(f"{variant.product_id}-domestic", 10**6)])

    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=5)
    problems = " ".join(check_index(later).problems)

    assert "holds 0 documents, the database 1" in problems
    assert "1 of 1 documents have another version" in problems


@pytest.mark.parametrize("size", [3, 30])
def test_drain_takes_the_same_statements_for_any_number(size: int) -> None:
    enterprise, category = make_enterprise(), make_category()
    ids = [make_variant(enterprise=enterprise, category=category).product_id for _ in range(size)]
    drain_outbox(NOW)

    with CaptureQueriesContext(connection) as queries:
        write.write_products(ids)

    plain = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(plain) == 13
