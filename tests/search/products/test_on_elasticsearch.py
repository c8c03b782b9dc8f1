"""The product index on a real Elasticsearch: story, statements, reindex by alias, a server that goes away."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.products.actions.publish_product import withdraw_product
from market.common.clock import read_clock
from market.common.outbox.drain import MAX_ATTEMPTS, drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.tantivy import TantivyEngine
from search.products import engine as desk_module
from search.products import schema
from search.products.actions.check_index import check_index
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.engine import forget_desk, search_desk
from search.products.models import HiddenHit, SearchDocument
from search.products.queries import search_products
from search.products.status import search_status
from tests.builders import NOW, make_category, make_enterprise, make_variant
from tests.search.engines.test_elasticsearch_server import remove_all, server_url
from tests.search.products.steps import change_price, rebuild_that_writes_one
from tests.search.products.test_draining import stale_writer
from tests.search.products.test_search import ask, counts, drain, ids

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.SEARCH_URL = server_url()
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    settings.SEARCH_INDEX_REPLICAS = 0
    monkeypatch.setattr(desk_module, "BUDGET", 30.0)  # how fast the machine is proves nothing here
    monkeypatch.setattr("search.engines.elasticsearch.SEARCH_SECONDS", 30.0)
    forget_desk()
    yield
    remove_all(ElasticsearchEngine(server_url(), prefix=settings.SEARCH_INDEX_PREFIX))
    forget_desk()


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


def lose_index(monkeypatch: pytest.MonkeyPatch) -> None:
    remove_all(ElasticsearchEngine(server_url(), prefix=settings.SEARCH_INDEX_PREFIX))


def outdate_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.products.schema.SCHEMA_NUMBER", 99)


@pytest.mark.parametrize(("damage", "says"), [(lose_index, "no index"), (outdate_index, "wanted schema-99")])
def test_unusable_index_the_database_answers_officers_see_why_and_a_reindex_mends(
    damage: Callable[[pytest.MonkeyPatch], None], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = make_variant()
    drain()
    damage(monkeypatch)
    forget_desk()

    answer = ask("灰枣")
    status = search_status(NOW)

    assert (answer.engine, answer.degraded, ids(answer)) == ("database", True, [variant.product_id])
    assert (status.answers, says in status.problem) == ("database", True)

    rebuild_index(now=NOW + timedelta(minutes=1))

    answer = ask("灰枣")
    assert (answer.engine, answer.degraded, ids(answer)) == ("elasticsearch", False, [variant.product_id])
    assert search_status(NOW).problem == ""


def test_read_only_index_answers_and_what_it_refuses_is_written_later() -> None:
    variant = make_variant()
    drain()
    engine = search_desk().main
    assert isinstance(engine, ElasticsearchEngine)

    def block(is_blocked: bool) -> None:
        engine._writer.indices.put_settings(index=engine._alias, settings={"index.blocks.write": is_blocked})

    block(True)
    change_price(variant, "41")
    drain_outbox(NOW)
    answer = ask("灰枣")

    assert (answer.engine, answer.degraded) == ("elasticsearch", False)
    assert [hit.price_per_kg for hit in answer.hits] == [41]
    waiting = OutboxEvent.objects.get(done_at=None)
    assert (waiting.dead_at, "blocked" in waiting.error) == (None, True)

    block(False)
    drain_outbox(NOW + timedelta(hours=1))
    engine.refresh()

    assert [hit.show["price_kg"] for hit in engine.search(SearchRequest()).hits] == ["41.0000"]
    assert not OutboxEvent.objects.filter(done_at=None).exists()


def alias() -> str:
    return f"{settings.SEARCH_INDEX_PREFIX}_products"


def close_index(client: Any) -> None:
    client.indices.close(index=alias())


def put_alias_on_a_strange_index(client: Any) -> None:
    client.indices.create(index=f"{alias()}_strange")
    real = next(iter(client.indices.get_alias(name=alias())))
    client.indices.update_aliases(
        actions=[
            {"remove": {"index": real, "alias": alias()}},
            {"add": {"index": f"{alias()}_strange", "alias": alias()}},
        ]
    )


def put_alias_on_two_indexes(client: Any) -> None:
    client.indices.create(index=f"{alias()}_strange")
    client.indices.put_alias(index=f"{alias()}_strange", name=alias())


def put_an_index_in_the_place_of_the_alias(client: Any) -> None:
    for name in list(client.indices.get_alias(name=alias())):
        client.indices.delete(index=name)
    client.indices.create(index=alias())


def delete_alias(client: Any) -> None:
    client.indices.delete(index=alias())


@pytest.mark.parametrize(
    ("damage", "says", "before_mending"),
    [
        (close_index, "closed", None),
        (put_alias_on_a_strange_index, "unknown version", None),
        (put_alias_on_two_indexes, "stands for 2 indexes", None),
        (put_an_index_in_the_place_of_the_alias, "delete it on the server first", delete_alias),
    ],
)
def test_index_that_somebody_touched_is_neither_read_nor_written_and_no_change_is_lost(
    damage: Callable[[Any], None], says: str, before_mending: Callable[[Any], None] | None
) -> None:
    """Also in the half minute in which a process believes that all is well."""
    variant = make_variant()
    drain()
    assert ask("灰枣").engine == "elasticsearch"
    engine = search_desk().main
    assert isinstance(engine, ElasticsearchEngine)
    damage(engine._writer)
    change_price(variant, "41")

    answers = [ask("灰枣"), ask("", sort="price")]
    for hour in range(2 * MAX_ATTEMPTS):
        drain_outbox(NOW + timedelta(hours=hour))

    assert [(answer.engine, answer.degraded, ids(answer)) for answer in answers] == [
        ("database", True, [variant.product_id])
    ] * 2
    status = search_status(NOW)
    assert (status.answers, says in status.problem, status.dead) == ("database", True, 0)
    assert any(says in problem for problem in check_index(NOW).problems)
    assert SearchDocument.objects.get(is_gone=False).show["price_kg"] == "41.0000"
    strange = f"{alias()}_strange"
    if engine._writer.indices.exists(index=strange):
        engine._writer.indices.refresh(index=strange)
        assert engine._writer.count(index=strange)["count"] == 0

    if before_mending is not None:
        before_mending(engine._writer)
    rebuild_index(now=NOW + timedelta(minutes=1))
    drain_outbox(read_clock())

    assert not OutboxEvent.objects.filter(done_at=None).exists()
    answer = ask("灰枣")
    assert (answer.engine, answer.degraded, ids(answer)) == ("elasticsearch", False, [variant.product_id])


def test_changes_wait_for_the_index_of_the_new_version_and_go_on_by_themselves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server keeps the old one until somebody builds anew: said once, nothing given up, nothing put into it."""
    monkeypatch.setattr("market.common.outbox.drain._said_at", {})
    variants = [make_variant() for _ in range(3)]
    drain()
    built = schema.SCHEMA_NUMBER
    monkeypatch.setattr(schema, "SCHEMA_NUMBER", 99)
    forget_desk()
    for variant in variants:
        change_price(variant, "41")

    for hour in range(3 * MAX_ATTEMPTS):
        drain_outbox(NOW + timedelta(hours=hour))

    old = ElasticsearchEngine(server_url(), prefix=settings.SEARCH_INDEX_PREFIX)
    assert {hit.show["price_kg"] for hit in old.search(SearchRequest()).hits} == {"30.0000"}
    waiting = OutboxEvent.objects.filter(done_at=None)
    assert set(waiting.values_list("dead_at", "error")) == {
        (None, f"TryLater: built for schema-{built}, wanted schema-99")
    }
    said = [record.getMessage() for record in caplog.records if record.name.startswith(("market.common", "search"))]
    assert [("wanted schema-99" in line) for line in said] == [True]

    rebuild_index(now=NOW + timedelta(minutes=1))
    drain_outbox(read_clock())

    assert not waiting.exists()
    assert [hit.price_per_kg for hit in ask("灰枣").hits] == [41] * 3
    assert {hit.show["price_kg"] for hit in search_desk().main.search(SearchRequest()).hits} == {"41.0000"}
