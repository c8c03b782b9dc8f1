"""A real Elasticsearch whose index was lost, closed, replaced or made read-only: nothing is lost, reindex mends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from market.common.clock import read_clock
from market.common.outbox.drain import MAX_ATTEMPTS, drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.products import schema
from search.products.actions.check_index import check_index
from search.products.actions.rebuild_index import rebuild_index
from search.products.engine import forget_desk, search_desk
from search.products.models import SearchDocument
from search.products.status import search_status
from tests.builders import NOW, make_variant
from tests.search.engines.test_elasticsearch_server import remove_all, server_url
from tests.search.products.steps import change_price
from tests.search.products.test_search import ask, drain, ids

pytestmark = [pytest.mark.services, pytest.mark.django_db, pytest.mark.usefixtures("on_elasticsearch")]


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
