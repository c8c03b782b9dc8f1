"""What a search answers, over whichever engine SEARCH_URL names."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Product
from market.common.errors import InvalidInput
from market.common.outbox.drain import drain_outbox
from market.enterprises.models import Enterprise
from search.engines.base import EngineError
from search.products import query_log
from search.products.actions.count_words import count_words
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchAnswer, SearchQuery
from search.products.engine import search_desk
from search.products.models import Concept, HiddenHit, PinnedHit, QueryLog, SearchDocument
from search.products.queries import search_products
from search.products.words import forget_words
from tests.builders import NOW, make_category, make_enterprise, make_variant

pytestmark = pytest.mark.django_db


def ask(text: str = "", **wishes: object) -> SearchAnswer:
    return search_products(SearchQuery(text=text, **wishes))  # type: ignore[arg-type]


def ids(answer: SearchAnswer) -> list[int]:
    return [hit.product_id for hit in answer.hits]


def drain() -> None:
    drain_outbox(NOW)
    search_desk().main.refresh()


def counts(answer: SearchAnswer, name: str) -> dict[str, int]:
    return {value.value: value.count for value in answer.facets[name]}


@pytest.mark.parametrize("size", [3, 30])
def test_search_takes_the_same_statements_for_any_number_of_hits(size: int) -> None:
    enterprise, category = make_enterprise(), make_category()
    for _ in range(size):
        make_variant(enterprise=enterprise, category=category)
    drain()
    ask("灰枣", with_facets=True)  # words and names are in memory from here on

    with CaptureQueriesContext(connection) as queries:
        answer = ask("灰枣", with_facets=True, size=30)

    assert len(answer.hits) == size
    # officers' choices, visible rows
    assert len(queries) == 2


def test_hidden_product_is_neither_hit_nor_counted() -> None:
    shown, hidden, everywhere = (make_variant().product_id for _ in range(3))
    drain()
    HiddenHit.objects.create(text="灰枣", product_id=hidden, reason="complaint")
    HiddenHit.objects.create(text="", product_id=everywhere, reason="recall")

    answer = ask("灰棗", with_facets=True)

    assert (ids(answer), answer.total, counts(answer, "grade")) == ([shown], 1, {"ungraded": 1})
    assert sorted(ids(ask(""))) == sorted([shown, hidden])


def test_facets_show_no_value_of_products_the_public_may_not_see() -> None:
    visible = make_variant()
    withdrawn = make_variant(category=make_category("walnut"))
    suspended = make_enterprise()
    make_variant(enterprise=suspended)
    Product.objects.filter(enterprise=suspended).update(grade="premium")
    Enterprise.objects.filter(pk=suspended.pk).update(state="suspended")
    withdraw_product(withdrawn.product, now=NOW)
    drain()

    answer = ask("", with_facets=True)

    assert ids(answer) == [visible.product_id]
    assert counts(answer, "category") == {"jujube": 1}
    assert counts(answer, "grade") == {"ungraded": 1}
    regiment = visible.product.origin_unit
    assert regiment.parent is not None
    assert set(counts(answer, "origin")) == {regiment.code, regiment.parent.code}
    assert ids(ask("", channel="export")) == []


def test_pinned_products_come_first_once_and_only_if_the_filters_let_them() -> None:
    first, second, pinned = (make_variant(), make_variant(), make_variant(name_zh="和田骏枣", on_hand=0))
    drain()
    PinnedHit.objects.create(text="灰枣", product_id=pinned.product_id)

    answer = ask("灰枣")
    assert ids(answer)[0] == pinned.product_id
    assert sorted(ids(answer)) == sorted([first.product_id, second.product_id, pinned.product_id])
    assert answer.total == 3
    assert pinned.product_id not in ids(ask("灰枣", in_stock=True))
    assert pinned.product_id not in ids(ask("灰枣", page=2, size=2))
    HiddenHit.objects.create(text="灰枣", product_id=pinned.product_id, reason="both")
    assert pinned.product_id not in ids(ask("灰枣"))


def test_cursor_walks_each_hit_once_and_a_forged_one_is_refused() -> None:
    variants = {make_variant().product_id for _ in range(5)}
    drain()

    seen: list[int] = []
    cursor = ""
    for _ in range(3):
        answer = ask("灰枣", size=2, cursor=cursor)
        seen += ids(answer)
        cursor = answer.cursor

    assert (len(seen), set(seen), cursor) == (5, variants, "")
    with pytest.raises(InvalidInput):
        ask("灰枣", cursor="0.2:forged")


def test_filters_of_price_moq_grade_and_seller() -> None:
    cheap, dear = make_variant(price="20"), make_variant(price="90", moq=10)
    Product.objects.filter(pk=dear.product_id).update(grade="premium")
    rebuild_index(now=NOW)

    assert ids(ask(price_per_kg_max=Decimal("20"))) == [cheap.product_id]
    assert ids(ask(price_per_kg_min=Decimal("20.01"))) == [dear.product_id]
    assert ids(ask(price_per_kg_min=Decimal("1e999999"))) == []
    assert ids(ask(moq_max=Decimal(5))) == [cheap.product_id]
    assert ids(ask(grades=("premium",))) == [dear.product_id]
    assert ids(ask(enterprise=dear.product.enterprise.number)) == [dear.product_id]
    assert ids(ask(certificates=("organic",))) == []
    assert ids(ask(destination="KZ")) == []
    assert ids(ask(sort="price")) == [cheap.product_id, dear.product_id]
    assert ids(ask(sort="-price")) == [dear.product_id, cheap.product_id]
    priced = ask(with_facets=True, price_per_kg_max=Decimal("20"))
    assert counts(priced, "price") == {"10-20": 1, "20-50": 1, "50-100": 1}


def test_officers_concept_finds_goods_by_another_name_without_a_reindex() -> None:
    variant = make_variant()
    drain()
    assert ids(ask("罗布泊之珠")) == []

    concept = Concept.objects.create()
    concept.names.create(language="zh-hans", text="灰枣")
    concept.names.create(language="zh-hans", text="罗布泊之珠")
    forget_words()

    assert ids(ask("罗布泊之珠")) == [variant.product_id]


def test_misspelt_word_is_corrected_and_the_name_is_marked() -> None:
    variant = make_variant()
    drain()
    count_words(NOW)

    answer = ask("ruoqianng", language="en")

    assert (ids(answer), answer.corrected, answer.pass_name) == ([variant.product_id], "ruoqiang", "loose")
    assert answer.hits[0].highlight == "<mark>Ruoqiang</mark> grey jujubes"


def test_engine_that_fails_is_answered_by_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain()
    monkeypatch.setattr(type(search_desk().main), "search", lambda *args: (_ for _ in ()).throw(EngineError("broken")))

    answer = ask("灰枣", with_facets=True)

    assert (ids(answer), answer.engine, answer.degraded) == ([variant.product_id], "database", True)
    assert counts(answer, "category") == {"jujube": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x" * 10_000,
        "枣" * 10_000,
        "\x00\x01\x1f",
        "😀😀",
        ".*(a+)+$",
        'title:"x" OR 1=1 --',
        "%",
        "_",
        "-枣",
        "٣٠",
    ],
)
def test_odd_queries_get_an_ordinary_answer(text: str) -> None:
    make_variant()
    drain()

    answer = ask(text, with_facets=True)

    assert (answer.engine, answer.degraded) == (search_desk().main.code, False)
    assert len(answer.hits) <= 1


def test_query_log_counts_searches_and_misses_and_keeps_no_numbers(settings: object) -> None:
    settings.MARKET_SEARCH_LOG = True  # type: ignore[attr-defined]
    counter = query_log.QueryCounter()
    for text, total in (("灰棗 ", 1), ("灰枣", 1), ("灰枣", 0), ("13800138000", 0), ("a@b.example", 0), ("", 3)):
        counter.note(text, "domestic", total=total, day=NOW.date())
    counter.flush()
    counter.note("灰枣", "domestic", total=1, day=NOW.date())
    counter.flush()

    counter.note("灰枣", "domestic", total=100, day=NOW.date(), is_loose=True)
    counter.note("灰枣", "domestic", total=100, day=NOW.date())
    counter.flush()

    rows = QueryLog.objects.values_list("text", "searches", "without_hits", "few_hits")
    assert list(rows) == [("灰枣", 6, 1, 4)]


def test_old_tombstones_are_forgotten_and_documents_are_not() -> None:
    make_variant()
    drain()
    database = search_desk().guarded.engines[-1]
    written = SearchDocument.objects.latest("written_at").written_at

    database.forget_gone(written + timedelta(seconds=1))  # type: ignore[attr-defined]

    assert list(SearchDocument.objects.values_list("channel", "is_gone")) == [("domestic", False)]


def test_api_takes_filters_facets_sort_and_cursor(client: Client) -> None:
    first, second = make_variant(price="20"), make_variant(price="40")
    drain()
    asked: dict[str, str | int] = {
        "q": "灰枣",
        "sort": "-price",
        "facets": "true",
        "page_size": 1,
        "price_min": 10,
        "grade": "ungraded",
    }

    page = client.get("/api/v1/search", asked).json()
    after = client.get("/api/v1/search", {**asked, "cursor": page["next"]}).json()

    assert [item["id"] for item in page["items"] + after["items"]] == [second.product_id, first.product_id]
    told = (page["total"], page["engine"], page["degraded"], page["pass"])
    assert told == (2, search_desk().main.code, False, "strict")
    assert page["facets"]["grade"] == [
        {"value": "ungraded", "label": "统货", "count": 2, "is_chosen": True, "level": ""}
    ]
    assert page["items"][0]["highlight"] == "<mark>若羌灰枣</mark>"
    assert 0 <= page["took_ms"] < 60_000
    assert client.get("/api/v1/search?cursor=forged").status_code == 422
    assert client.get("/api/v1/search?price_min=1e99").status_code == 422
    assert client.get("/api/v1/suggest?q=ruo").json()["items"][0]["kind"] == "product"
