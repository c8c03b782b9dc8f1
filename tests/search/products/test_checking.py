"""What `check_search` finds, and how many statements a write takes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Product
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import Deletion, EngineError
from search.engines.tantivy import TantivyEngine
from search.products import write
from search.products.actions import check_index as check_module
from search.products.actions.check_index import check_index, mend
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.documents import load_documents
from search.products.engine import search_desk
from search.products.models import SearchDocument, VersionCounter
from search.products.queries import search_products
from tests.builders import NOW, make_category, make_enterprise, make_variant
from tests.search.products.steps import LATER, change_price

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


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
    mend(report, NOW)
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
    report = check_index(later)
    problems = " ".join(report.problems)

    assert "holds 0 documents, the database 1" in problems
    assert "1 of 1 documents have another version" in problems
    mend(report, NOW)
    SearchDocument.objects.update(version=10**6 + 1)
    VersionCounter.objects.filter(name="documents").update(value=10**6 + 1)
    drain_outbox(NOW)
    assert search_desk().main.count() == 1


@pytest.mark.parametrize("size", [3, 30])
def test_drain_takes_the_same_statements_for_any_number(size: int) -> None:
    enterprise, category = make_enterprise(), make_category()
    ids = [make_variant(enterprise=enterprise, category=category).product_id for _ in range(size)]
    drain_outbox(NOW)

    with CaptureQueriesContext(connection) as queries:
        write.write_products(ids)

    plain = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(plain) == 11


def test_full_check_finds_a_document_swapped_for_a_stray_one_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many documents as rows, and the newest five hundred are right."""
    monkeypatch.setattr(check_module, "SAMPLE", 1)
    lost, _, _ = make_variant(), make_variant(), make_variant()
    drain_outbox(NOW)
    pid = f"{lost.product_id}-domestic"
    engine = search_desk().main
    document = load_documents([lost.product_id], 10**6).documents[0]
    engine.write([replace(document, pid="9999-domestic")], [Deletion(pid, 10**6)])
    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=5)

    assert check_index(later).problems == []
    report = check_index(later, is_full=True)

    assert report.unlike == [lost.product_id]
    assert f"another version in tantivy: {pid}: --mend" in report.problems[0]


def test_check_looks_again_before_it_says_that_counts_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product comes in between the two counts."""
    make_variant()
    drain_outbox(NOW)
    real, looks = TantivyEngine.count, []

    def late(self: TantivyEngine, **kwargs: str) -> int:
        looks.append(self)
        return real(self) - (len(looks) == 1)

    monkeypatch.setattr(check_module, "BETWEEN", 0.0)
    monkeypatch.setattr(TantivyEngine, "count", late)

    assert check_index(LATER).problems == []
    assert len(looks) == 2


def test_check_mends_what_was_given_up() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    change_price(variant, "41")
    OutboxEvent.objects.filter(done_at=None).update(dead_at=NOW, attempts=8, error="ValueError: odd")

    report = check_index(NOW)
    assert "1 changes were given up" in report.problems[0]
    assert "ValueError: odd" in report.problems[0]
    mend(report, NOW)
    drain_outbox(NOW)

    assert check_index(NOW).problems == []
    assert [hit.price_per_kg for hit in search_products(SearchQuery()).hits] == [41]


def test_check_says_what_to_do_about_an_index_and_why_changes_wait() -> None:
    variant = make_variant()

    assert "there is no index: the worker builds one, or run reindex_search" in check_index(NOW).problems[0]
    drain_outbox(NOW)
    change_price(variant, "41")
    assert check_index(LATER).problems == ["changes wait for 1800 seconds: is a worker running?"]
    OutboxEvent.objects.filter(done_at=None).update(error="TryLater: the disk is full")
    assert check_index(LATER).problems == [
        "changes wait for 1800 seconds; the last try said: TryLater: the disk is full"
    ]


def test_check_tells_of_an_index_that_is_ahead_of_a_database_put_back_from_a_backup() -> None:
    """Its versions are higher than any that will be drawn: what is written again would not be taken."""
    variant = make_variant()
    drain_outbox(NOW)
    document = load_documents([variant.product_id], 10**6).documents[0]
    search_desk().main.write([document])
    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=5)

    (problem,) = check_index(later).problems
    assert "1 of 1 documents in tantivy are newer than the database" in problem
    assert problem.endswith("run reindex_search")

    rebuild_index(now=LATER)
    assert check_index(later).problems == []


def test_check_tells_of_an_engine_that_is_well_and_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    make_variant()
    drain_outbox(NOW)
    monkeypatch.setattr(TantivyEngine, "count", lambda self: (_ for _ in ()).throw(EngineError("odd", "blocked")))

    assert [problem.startswith("tantivy: odd: look at load") for problem in check_index(NOW).problems] == [True]


def test_lag_and_what_was_given_up_are_figures_of_readyz(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_variant(), make_variant()
    drain_outbox(NOW)
    monkeypatch.setattr("market.api.health.read_clock", lambda: NOW + timedelta(seconds=90))
    assert client.get("/readyz").json()["index"] == {"lag_seconds": 0.0, "given_up": 0}

    change_price(first, "41")
    change_price(second, "41")
    OutboxEvent.objects.filter(done_at=None, subject=str(second.product_id)).update(dead_at=NOW)

    assert client.get("/readyz").json()["index"] == {"lag_seconds": 90.0, "given_up": 1}
