"""The product index on a real Elasticsearch: story, statements, reindex by alias, a server that goes away."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.products.actions.publish_product import withdraw_product
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, SearchRequest
from search.engines.tantivy import TantivyEngine
from search.products.actions.check_index import check_index
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.engine import search_desk
from search.products.models import HiddenHit
from search.products.queries import search_products
from tests.builders import NOW, make_category, make_enterprise, make_variant
from tests.search.products.steps import change_price, rebuild_that_writes_one
from tests.search.products.test_draining import stale_writer
from tests.search.products.test_search import ask, counts, drain, ids

pytestmark = [pytest.mark.services, pytest.mark.django_db, pytest.mark.usefixtures("on_elasticsearch")]


@pytest.mark.parametrize("text", ["灰枣", "灰棗", "huizao", "jujubes", "финики", "羌灰"])
def test_product_is_found_in_every_script(text: str) -> None:
    variant = make_variant()
    make_variant(name_zh="纸皮核桃", name_en="Thin-shelled walnuts", name_ru="Орех", category=make_category("walnut"))
    drain()

    answer = ask(text)

    assert (ids(answer), answer.engine, answer.degraded) == ([variant.product_id], "elasticsearch", False)


def test_filters_facets_and_officers_choices() -> None:
    cheap, dear, hidden = make_variant(price="21"), make_variant(price="90"), make_variant()
    HiddenHit.objects.create(product_id=hidden.product_id, reason="recall")
    drain()

    answer = ask("灰枣", with_facets=True, price_per_kg_max=Decimal(30))

    assert ids(answer) == [cheap.product_id]
    assert counts(answer, "price") == {"20-50": 1, "50-100": 1}
    assert counts(answer, "grade") == {"ungraded": 1}
    assert ids(ask(sort="-price")) == [dear.product_id, cheap.product_id]


@pytest.mark.parametrize("size", [3, 30])
def test_search_takes_the_same_statements_for_any_number_of_hits(size: int) -> None:
    enterprise, category = make_enterprise(), make_category()
    for _ in range(size):
        make_variant(enterprise=enterprise, category=category)
    drain()
    ask("灰枣", with_facets=True)

    with CaptureQueriesContext(connection) as queries:
        answer = ask("灰枣", with_facets=True, size=30)

    assert (len(answer.hits), len(queries)) == (size, 2)


def test_reindex_swaps_the_alias_and_agrees() -> None:
    gone, kept = make_variant(), make_variant()
    drain()
    withdraw_product(gone.product, now=NOW)
    OutboxEvent.objects.all().delete()

    generation = rebuild_index(now=NOW + timedelta(minutes=1))

    assert generation is not None
    assert ids(ask("灰枣")) == [kept.product_id]
    assert search_desk().health().generation == generation.name
    assert check_index(NOW + timedelta(days=1)).problems == []


def test_new_index_that_lost_documents_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = [make_variant() for _ in range(6)]
    drain()
    live = search_desk().health().generation

    with pytest.raises(EngineError, match="holds 1 documents, the database 6, without 5"):
        rebuild_that_writes_one(variants[0].product_id, monkeypatch)

    assert (search_desk().health().generation, ask("灰枣").total) == (live, 6)


def test_server_that_goes_away_loses_nothing(settings: Settings) -> None:
    variant = make_variant()
    drain()
    there = settings.SEARCH_URL
    settings.SEARCH_URL = "http://127.0.0.1:9"

    late = make_variant()
    drain_outbox(NOW)
    answer = search_products(SearchQuery(text="灰枣"))
    assert sorted(ids(answer)) == sorted([variant.product_id, late.product_id])
    assert (answer.engine, answer.degraded) == ("database", True)
    assert OutboxEvent.objects.filter(done_at=None).exists()

    settings.SEARCH_URL = there
    drain_outbox(NOW + timedelta(hours=1))
    search_desk().main.refresh()
    answer = ask("灰枣")
    assert (sorted(ids(answer)), answer.degraded) == (sorted([variant.product_id, late.product_id]), False)


def test_both_engines_rank_alike(settings: Settings) -> None:
    """Freshly built indexes, the same top ten."""
    names = [
        "若羌灰枣",
        "若羌灰枣 特级 5公斤",
        "和田骏枣",
        "灰枣 礼盒",
        "阿克苏核桃",
        "灰枣夹核桃",
        "红枣片",
        "新疆红枣 灰枣",
    ]
    for place, name in enumerate(names):
        make_variant(name_zh=name, name_en=f"Goods {place}", name_ru=f"Товар {place}")
    texts = ["灰枣", "红枣", "核桃", "灰枣 5kg", "hetao", "若羌 灰枣", "goods", "特级"]
    rebuild_index(now=NOW)
    there = [ids(ask(text)) for text in texts]

    settings.SEARCH_URL = f"tantivy://{settings.MEDIA_ROOT}/search"
    rebuild_index(now=NOW)

    assert isinstance(search_desk().main, TantivyEngine)
    assert [ids(ask(text)) for text in texts] == there
    assert all(there)


@pytest.mark.parametrize(("versions_off", "left"), [(True, ["31.0000"]), (False, ["55.0000"])])
def test_late_write_does_not_overwrite_a_newer_price(
    monkeypatch: pytest.MonkeyPatch, versions_off: bool, left: list[str]
) -> None:
    """With versions off (drawn at the write, not before the load) the old state wins: that is the race."""
    variant = make_variant()
    drain()

    def other_drainer() -> None:
        change_price(variant, "55")
        drain_outbox(NOW)

    change_price(variant, "31")
    stale_writer(monkeypatch, other_drainer, versions_off=versions_off)
    drain()

    assert [hit.show["price_kg"] for hit in search_desk().main.search(SearchRequest()).hits] == left


@pytest.mark.parametrize(("versions_off", "left"), [(True, 1), (False, 0)])
def test_late_write_does_not_bring_back_what_was_withdrawn(
    monkeypatch: pytest.MonkeyPatch, versions_off: bool, left: int
) -> None:
    variant = make_variant()
    drain()

    def other_drainer() -> None:
        withdraw_product(variant.product, now=NOW)
        drain_outbox(NOW)

    change_price(variant, "31")
    stale_writer(monkeypatch, other_drainer, versions_off=versions_off)
    drain()

    assert search_desk().main.search(SearchRequest()).total == left
