"""Changes reach rows and index, whatever happens to drainers and engines."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Product
from market.common.outbox.drain import MAX_ATTEMPTS, drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import Deletion, Document, EngineError, EngineTimeout, Health
from search.engines.tantivy import TantivyEngine
from search.products import documents, write
from search.products.answer import SearchQuery
from search.products.engine import search_desk
from search.products.models import IndexGeneration, SearchDocument
from search.products.queries import search_products
from tests.builders import NOW, make_variant
from tests.search.products.steps import change_price, prices, versions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


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
    monkeypatch.setattr(
        documents, "_streams", lambda row, *more: 1 / 0 if row.pk == bad.product_id else real(row, *more)
    )
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


@pytest.mark.parametrize(("takes_turns", "left"), [(False, 1), (True, 0)])
def test_embedded_index_forgets_versions_of_what_is_gone_so_its_writers_take_turns(
    monkeypatch: pytest.MonkeyPatch, takes_turns: bool, left: int
) -> None:
    """Without turns a late write brings back what was withdrawn meanwhile: that is the race."""
    variant = make_variant()
    drain_outbox(NOW)
    monkeypatch.setattr("search.products.turn.WAIT_SECONDS", 0.1)
    if not takes_turns:
        monkeypatch.setattr(write, "writers_turn", nullcontext)

    def other_drainer() -> None:
        withdraw_product(Product.objects.get(pk=variant.product_id), now=NOW)
        drain_outbox(NOW)

    change_price(variant, "31")
    stale_writer(monkeypatch, other_drainer, versions_off=False)
    drain_outbox(NOW)
    drain_outbox(NOW + timedelta(hours=1))

    assert search_desk().main.count() == left
    assert not SearchDocument.objects.filter(is_gone=False).exists()
    assert not OutboxEvent.objects.filter(done_at=None).exists()


def test_engine_that_is_away_keeps_no_batch_from_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A category of thousands was renamed: the database, which answers meanwhile, has all of them."""
    variants = [make_variant() for _ in range(5)]
    drain_outbox(NOW)
    monkeypatch.setattr(write, "BATCH", 2)
    asked = []

    def away(*args: object, **kwargs: object) -> None:
        asked.append(args)
        raise EngineError("away")

    monkeypatch.setattr(TantivyEngine, "write", away)
    for variant in variants:
        change_price(variant, "41")
    drain_outbox(NOW)

    assert prices() == [41] * 5
    assert len(asked) == 1
    assert OutboxEvent.objects.filter(done_at=None, dead_at=None).count() == 5


def test_what_waits_for_an_index_is_not_loaded_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    engine = search_desk().main
    monkeypatch.setattr(type(engine), "health", lambda *args: Health("", "", 0, "no answer", "away"))
    monkeypatch.setattr(TantivyEngine, "write", lambda *args, **kwargs: (_ for _ in ()).throw(EngineError("away")))
    loads: list[Sequence[int]] = []
    real = documents.load_documents

    def counted(ids: Sequence[int], version: int) -> documents.Loaded:
        loads.append(list(ids))
        return real(ids, version)

    monkeypatch.setattr(write, "load_documents", counted)
    search_desk().forget_check()
    change_price(variant, "41")
    for hour in range(5):
        drain_outbox(NOW + timedelta(hours=hour))

    assert loads == [[variant.product_id]]
    assert OutboxEvent.objects.get(done_at=None).error == "TryLater: no answer"
