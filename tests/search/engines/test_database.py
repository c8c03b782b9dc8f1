from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.engines import database, database_page
from search.engines.base import Deletion, EngineError, FacetRequest, SearchRequest
from search.engines.database import DatabaseEngine
from search.products.models import SearchDocument
from search.query.tree import AnyOf, Bonus, HasValue, IsTrue, Term
from tests.search.engines.documents import FRUIT, build, document, find, pids
from tests.search.engines.matching_contract import MatchingContract
from tests.search.engines.paging_contract import PagingContract

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine() -> DatabaseEngine:
    return DatabaseEngine(SearchDocument.objects.all, lambda pid: {"product_id": 1, "channel": "domestic"})


class TestDatabase(MatchingContract, PagingContract):
    pass


def test_search_weights_and_bonuses_order_hits(engine: DatabaseEngine) -> None:
    build(engine, [document("a", "x"), document("b", "x y"), document("c", "x", in_stock=True)])
    request = SearchRequest(
        must=AnyOf((Term("words", "x"), Term("words", "y"))), bonuses=(Bonus(IsTrue("in_stock"), 0.6),)
    )

    assert pids(engine.search(request)) == ["b", "c", "a"]


def test_search_pages_go_on_beyond_the_ranked_hits(engine: DatabaseEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_page, "RANKED", 5)
    build(engine, [document(f"p{number}", "x") for number in range(9)])

    pages = [find(engine, must=Term("words", "x"), offset=start, size=4) for start in (0, 4, 8)]

    assert sorted(pid for page in pages for pid in page) == [f"p{number}" for number in range(9)]
    assert pages[0] == ["p4", "p5", "p6", "p7"]


def test_facets_of_too_many_rows_are_left_out(engine: DatabaseEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FACETS_UNDER", 2)
    build(engine, FRUIT)

    answer = engine.search(SearchRequest(facets=(FacetRequest("grade", "grade"),)))

    assert (answer.total, answer.facets) == (3, {"grade": ()})


def test_value_that_begins_like_another_is_not_the_other(engine: DatabaseEngine) -> None:
    build(engine, [document("a", keywords={"grade": ("first class",)}), document("b", keywords={"grade": ("first",)})])

    assert find(engine, filters=(HasValue("grade", ("first",)),)) == ["b"]
    assert find(engine, filters=(HasValue("grade", ("first class",)),)) == ["a"]


def test_write_older_than_the_deletion_brings_nothing_back(engine: DatabaseEngine) -> None:
    build(engine, [document("a", version=1)])

    engine.write([], [Deletion("a", 3), Deletion("b", 3)])
    engine.write([document("a", version=2), document("b", version=2)])

    assert find(engine) == []
    assert engine.forget_gone(datetime.now(UTC) + timedelta(seconds=1)) == 2


@pytest.mark.parametrize("size", [3, 30])
def test_write_takes_the_same_statements_for_any_number(engine: DatabaseEngine, size: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        engine.write([document(f"p{number}") for number in range(size)], [Deletion("gone", 1)])

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def test_database_that_fails_is_an_engine_error(engine: DatabaseEngine) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_products_searchdocument RENAME TO elsewhere")

    calls: list[Callable[[], object]] = [engine.count, lambda: engine.search(SearchRequest())]
    for call in calls:
        with pytest.raises(EngineError):
            call()
    assert engine.health("1").problem
