"""What is counted as searched, and what of it is offered to others."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from catalog.products.actions.publish_product import withdraw_product
from search.products.actions.count_words import count_words
from search.products.answer import SearchQuery
from search.products.models import QueryLog
from search.products.queries import search_products, suggest
from search.products.query_log import QueryCounter
from search.query.suggest import Suggestion
from tests.builders import NOW, make_category, make_variant
from tests.search.products.test_search import drain

pytestmark = pytest.mark.django_db
Logged = list[tuple[str, int, int]]


@pytest.fixture
def counter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> QueryCounter:
    settings.MARKET_SEARCH_LOG = True
    counter = QueryCounter()
    monkeypatch.setattr("search.products.queries.query_counter", counter)
    return counter


def logged(counter: QueryCounter) -> Logged:
    counter.flush()
    return list(QueryLog.objects.order_by("text").values_list("text", "searches", "without_hits"))


@pytest.mark.parametrize(
    "filters",
    [
        "pmin=5000",
        "stock=1&season=1",
        "org=R1",
        "moq=1",
        "category=walnut",
        "page=2",
        "sort=price",
        "to=KZ",
        "boosts=0",
    ],
)
def test_search_with_filters_is_neither_a_search_nor_a_miss(
    client: Client, counter: QueryCounter, filters: str
) -> None:
    make_variant()
    drain()

    client.get(f"/zh-hans/search/?q=灰枣&{filters}")

    assert logged(counter) == []


def test_page_of_nothing_found_counts_the_one_search_of_the_visitor(client: Client, counter: QueryCounter) -> None:
    make_variant()
    make_category("walnut")
    drain()

    client.get("/zh-hans/search/?q=zzzzqqqq")
    client.get("/zh-hans/search/?q=灰枣")
    client.get("/api/v1/search?q=灰枣&facets=true&page_size=5")
    client.get("/api/v1/search?q=灰枣&channel=domestic&destination=KZ")
    client.get("/zh-hans/c/walnut/?q=灰枣")

    assert logged(counter) == [("zzzzqqqq", 1, 1), ("灰枣", 2, 0)]


def test_search_belongs_to_the_day_and_the_season_of_the_market(
    counter: QueryCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_variant()  # of October and November
    drain()
    found = []

    for name, at in {"before": "2026-09-30T15:59Z", "after": "2026-09-30T16:00Z"}.items():
        monkeypatch.setattr("search.products.queries.read_clock", lambda at=at: datetime.fromisoformat(at))
        answer = search_products(SearchQuery(text=f"灰枣 {name}"))
        found.append([hit.in_season for hit in answer.hits])

    assert found == [[False], [True]]
    assert [name for name, *_ in logged(counter)] == ["灰枣 after", "灰枣 before"]
    assert [f"{row.day}" for row in QueryLog.objects.order_by("text")] == ["2026-10-01", "2026-09-30"]


@pytest.mark.parametrize("text", ["\\", "😀😀", '"""', "%", ".*", "((((", "。、", "\u200b", "--", ""])
def test_text_without_a_word_is_nobodys_search(counter: QueryCounter, text: str) -> None:
    counter.note(text, "domestic", total=0, day=NOW.date())
    counter.note(f"枣{text}", "domestic", total=0, day=NOW.date())

    assert [found for found, *_ in logged(counter)] == [f"枣{text}"]


def asked(text: str, *, days: int, searches: int = 9) -> None:
    for day in range(days):
        QueryLog.objects.create(
            day=NOW.date() - timedelta(days=day), channel="domestic", text=text, searches=searches, few_hits=searches
        )


def test_past_search_is_suggested_when_it_was_asked_on_several_days_and_finds_just_that() -> None:
    make_variant()
    drain()
    asked("若羌 枣", days=3)
    asked("灰枣 王小明", days=5)  # found by one of its words alone
    asked("羌灰枣子", days=2)
    asked("ruoqainng", days=5)  # a typing error

    count_words(NOW)

    assert suggest("若羌")[0] == Suggestion("若羌 枣", "query", 27)
    for typed in ("灰枣 王", "羌灰枣", "ruoqain"):
        assert [one for one in suggest(typed) if one.kind == "query"] == []


def test_past_search_goes_with_the_goods_it_found() -> None:
    variant = make_variant()
    drain()
    asked("若羌 枣", days=3)
    withdraw_product(variant.product, now=NOW)
    drain()

    count_words(NOW)

    assert suggest("若羌") == ()


def test_search_by_one_person_in_an_hour_is_suggested_to_nobody() -> None:
    make_variant()
    drain()
    asked("若羌 灰枣", days=1, searches=500)

    count_words(NOW)

    assert [one for one in suggest("若羌 灰") if one.kind == "query"] == []
