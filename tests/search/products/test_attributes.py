"""Attributes reach the index whatever changes them, and lists are filtered by those of their category."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.products.actions.define_attribute import change_attribute
from catalog.products.models import Attribute, AttributeValue, Category, Product, Variant
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Enterprise
from search.engines.base import SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.find import find
from search.products import queries
from search.products.actions.check_index import check_index, mend_stale
from search.products.actions.keep_choices import hide_product
from search.products.answer import SearchAnswer
from search.products.documents import load_documents
from search.products.engine import forget_desk, search_desk
from search.products.models import SearchDocument
from tests.builders import NOW, make_category, make_officer, make_regiment, make_user, make_variant
from tests.catalog.products.attributes import BRIX, BY_HAND, SIZE, make_attribute, make_brix, make_by_hand, make_size
from tests.search.engines.test_elasticsearch_server import remove_all, server_url
from tests.search.products.test_search import ask, drain, ids

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def made(category: Category | None = None, /, **attributes: Any) -> Variant:
    """A published product that says so."""
    variant = make_variant(category=category)
    said = {code.replace("_", "-"): value for code, value in attributes.items()}
    Product.objects.filter(pk=variant.product_id).update(attributes=said)
    return variant


def shown(answer: SearchAnswer, code: str) -> list[tuple[str, int]]:
    return [(value.label, value.count) for value in answer.facets.get(f"attr:{code}", ())]


def indexed(variant: Variant) -> tuple[str, ...]:
    (document,) = load_documents([variant.product_id], 1).documents
    return document.keywords.get("attrs", ())


def fields(answer: SearchAnswer) -> list[str]:
    return [name for name in answer.facets if name.startswith("attr:")]


def test_list_of_a_category_is_filtered_by_its_attributes() -> None:
    make_size(), make_brix(), make_by_hand()
    sweet = made(size="large", brix="17", by_hand=True)
    mild = made(size="small", brix="13", by_hand=False)
    plain = made()
    drain()
    in_jujubes: dict[str, Any] = {"category": "jujube", "with_facets": True, "language": "en"}

    answer = ask(**in_jujubes)
    assert fields(answer) == ["attr:brix", "attr:by-hand", "attr:size"]
    assert shown(answer, "size") == [("Large", 1), ("小果", 1)]  # as defined; without an English name in Chinese
    assert shown(answer, "brix") == [("12–14 %", 1), ("≥ 16.5 %", 1)]
    assert shown(answer, "by-hand") == [("yes", 1), ("no", 1)]
    assert answer.titles == {"attr:brix": "Sugar", "attr:by-hand": "Picked by hand", "attr:size": "Size grade"}

    one = ask(**in_jujubes, attributes=("size=large",))
    assert (ids(one), shown(one, "size")) == ([sweet.product_id], [("Large", 1), ("小果", 1)])
    assert shown(one, "brix") == [("≥ 16.5 %", 1)]
    both = ask(**in_jujubes, attributes=("size=large", "size=small"))
    assert sorted(ids(both)) == [sweet.product_id, mild.product_id]
    neither = ask(**in_jujubes, attributes=("size=large", "brix=12..14"))
    assert (ids(neither), shown(neither, "size")) == ([], [("Large", 0), ("小果", 1)])
    assert shown(neither, "brix") == [("12–14 %", 0), ("≥ 16.5 %", 1)]
    assert plain.product_id in ids(ask(**in_jujubes))


def test_without_a_category_those_that_all_hits_have_in_common_are_shown() -> None:
    make_size()
    make_brix(make_category("walnut"))
    jujube, walnut = made(size="large"), made(make_category("walnut"), brix="13")
    Product.objects.filter(pk=walnut.product_id).update(name_zh="纸皮核桃", name_en="Walnuts", name_ru="Орехи")
    drain()

    assert fields(ask(with_facets=True)) == []
    assert fields(ask("灰枣", with_facets=True)) == ["attr:size"]
    assert fields(ask("核桃", with_facets=True)) == ["attr:brix"]
    assert fields(ask("灰枣", with_facets=True, facet_names=("category",))) == []
    assert fields(ask("灰枣", with_facets=True, facet_names=("category", "attributes"))) == ["attr:size"]
    chosen = ask(with_facets=True, attributes=("size=large",), language="en")
    assert (ids(chosen), shown(chosen, "size")) == ([jujube.product_id], [("Large", 1)])


def test_descendants_inherit_and_others_are_not_shown() -> None:
    jujube = make_category()
    below = Category.objects.create(slug="grey", parent=jujube, path="/jujube/grey/", name_zh="灰枣")
    make_size(jujube), make_brix(below)
    made(below, size="large", brix="13"), made(jujube, size="small", brix="13")
    drain()

    above = ask(category="jujube", with_facets=True)
    assert (fields(above), [count for _label, count in shown(above, "size")]) == (["attr:size"], [1, 1])
    grey = ask(category="grey", with_facets=True, language="en")
    assert (shown(grey, "size"), shown(grey, "brix")) == ([("Large", 1)], [("12–14 %", 1)])
    assert fields(ask(category="nowhere", with_facets=True)) == []


def test_hidden_withdrawn_and_suspended_goods_give_no_values() -> None:
    make_size()
    hidden, suspended, other = made(size="large"), made(size="large"), made(size="small")
    hide_product(hidden.product, "", reason="recall", by=make_officer(make_regiment()), now=LATER)
    Enterprise.objects.filter(pk=suspended.product.enterprise_id).update(state="suspended")
    drain()

    answer = ask(category="jujube", with_facets=True, language="en")

    assert (ids(answer), shown(answer, "size")) == ([other.product_id], [("小果", 1)])


def test_a_value_somebody_made_up_finds_nothing_and_can_be_taken_back() -> None:
    make_size()
    made(size="large")
    drain()

    answer = ask(category="jujube", with_facets=True, attributes=("size=<b>", "nothing=x", "odd"))

    assert answer.total == 0
    assert [(value.label, value.is_chosen) for value in answer.facets["attr:size"]] == [("<b>", True)]
    assert [value.label for value in answer.facets["attr:nothing"]] == ["x"]


def test_category_without_attributes_counts_none(monkeypatch: pytest.MonkeyPatch) -> None:
    make_size(make_category("walnut"))
    make_variant()
    drain()
    asked: list[str] = []

    def find_and_note(engine: Any, text: str, request: SearchRequest, **more: Any) -> Any:
        asked.extend(facet.name for facet in request.facets)
        return find(engine, text, request, **more)

    monkeypatch.setattr(queries, "find", find_and_note)
    ask(category="jujube", with_facets=True)
    ask(with_facets=True, size=1)

    assert asked.count("category") == 2
    assert not {name for name in asked if name.startswith("attr")}


def rename(row: Attribute) -> None:
    change_attribute(row, replace(SIZE, names=("规格", "Calibre", "")), by=make_user(), now=LATER)


CHANGES: dict[str, tuple[Callable[[Attribute], Any], list[tuple[str, int]]]] = {
    "values renamed": (
        lambda row: change_attribute(
            row, replace(SIZE, values=[("large", ("大", "Big", ""))]), by=make_user(), now=LATER
        ),
        [("Big", 1)],
    ),
    "value retired": (
        lambda row: change_attribute(row, replace(SIZE, values=SIZE.values[1:]), by=make_user(), now=LATER),
        [],
    ),
    "no filter any more": (
        lambda row: change_attribute(row, replace(SIZE, is_facet=False), by=make_user(), now=LATER),
        [],
    ),
    "retired": (
        lambda row: change_attribute(row, replace(SIZE, is_retired=True), by=make_user(), now=LATER),
        [],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_an_attribute_reach_the_index(name: str) -> None:
    row = make_size()
    made(size="large")
    drain()
    change, expected = CHANGES[name]

    change(row)
    drain_outbox(LATER)
    search_desk().main.refresh()

    assert shown(ask(category="jujube", with_facets=True, language="en"), "size") == expected


def test_ranges_that_are_drawn_anew_reach_the_index() -> None:
    row = make_brix()
    variant = made(brix="13")
    assert indexed(variant) == ("brix=12..14",)

    change_attribute(row, replace(BRIX, steps=[]), by=make_user(), now=LATER)

    assert indexed(variant) == ("brix=13",)
    drain_outbox(LATER)
    search_desk().main.refresh()
    assert shown(ask(category="jujube", with_facets=True), "brix") == [("13 %", 1)]


SILENT: dict[str, Callable[[], Any]] = {
    "value": lambda: AttributeValue.objects.filter(code="large").update(is_retired=True),
    "value gone": lambda: AttributeValue.objects.filter(code="large").delete(),
    "definition": lambda: Attribute.objects.update(is_facet=False),
    "deleted": lambda: Attribute.objects.all().delete(),
    "product": lambda: Product.objects.update(attributes={}),
    "category": lambda: Attribute.objects.update(category=make_category("walnut")),
    "move": lambda: Product.objects.update(category=make_category("walnut")),
    "path": lambda: Category.objects.filter(slug="jujube").update(path="/fruit/jujube/"),
    "rubbish": lambda: Product.objects.update(attributes=["size", {"a": 1}]),
}


@pytest.mark.parametrize("name", [name for name in SILENT if name != "path"])
def test_check_finds_what_changed_without_telling(name: str) -> None:
    make_size()
    variant = made(size="large")
    drain()
    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=5)
    assert check_index(later, is_full=True).stale == []

    SILENT[name]()
    _forget_events()
    report = check_index(later, is_full=True)
    assert report.stale == [variant.product_id]
    mend_stale(report, NOW)
    drain()

    assert indexed(variant) == ()
    assert check_index(later, is_full=True).stale == []


def _forget_events() -> None:
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        OutboxEvent.objects.all().delete()
    forget_kept()


@pytest.mark.services
@pytest.mark.parametrize("name", SILENT)
def test_postgresql_tells_of_attributes_by_itself(name: str) -> None:
    if connection.vendor != "postgresql":
        pytest.fail("set DATABASE_URL to a PostgreSQL server: `make services` starts one")
    make_size()
    made(size="large")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    OutboxEvent.objects.all().delete()

    SILENT[name]()

    topics = set(OutboxEvent.objects.values_list("topic", flat=True))
    assert topics == ({"product.changed"} if name in ("product", "move", "rubbish") else {"category.changed"})
    OutboxEvent.objects.all().delete()
    Attribute.objects.update(name_en="Calibre", position=7, is_required=True)
    AttributeValue.objects.update(name_en="Big", position=9)
    assert not OutboxEvent.objects.exists()  # names are not in documents


def test_statements_are_the_same_for_50_and_500_and_none_more_without_attributes() -> None:
    make_size(), make_brix()
    category = make_category()
    first = made(size="large", brix="13")
    product = Product.objects.get(pk=first.product_id)
    rows = [Product(**_copied(product)) for _ in range(500)]
    ids_of = [row.pk for row in Product.objects.bulk_create(rows)]
    load_documents(ids_of[:1], 1)

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert not load_documents(ids_of[:count], 1).failed
        return len(queries)

    assert statements(50) == statements(500) == 10
    Product.objects.update(attributes={})
    assert statements(50) == statements(500) == 8
    assert category.slug == "jujube"


def _copied(product: Product) -> dict[str, Any]:
    names = [one.attname for one in Product._meta.concrete_fields if not one.primary_key]
    return {name: getattr(product, name) for name in names}


def test_thousand_values_are_counted_and_the_most_frequent_shown() -> None:
    many = replace(SIZE, values=[(f"v{n}", (f"值{n}", "", "")) for n in range(1000)])
    make_attribute("size", "choice", many)
    make_attribute("by-hand", "yes_no", BY_HAND)
    for number in (999, 999, 5, 500):
        made(size=f"v{number}", by_hand=True)
    drain()

    answer = ask(category="jujube", with_facets=True)
    chosen = ask(category="jujube", with_facets=True, attributes=("size=v7",))

    assert shown(answer, "size") == [("值5", 1), ("值500", 1), ("值999", 2)]
    assert shown(answer, "by-hand") == [("是", 4)] or shown(answer, "by-hand") == [("yes", 4)]
    assert shown(chosen, "size") == [("值5", 1), ("值7", 0), ("值500", 1), ("值999", 2)]


@pytest.mark.parametrize("url", ["", pytest.param("server", marks=pytest.mark.services)])
def test_engines_agree_on_filters_and_counts(url: str, settings: Settings) -> None:
    """The engine of the environment or a real Elasticsearch, then the database's rows alone."""
    if url:
        settings.SEARCH_URL, settings.SEARCH_INDEX_REPLICAS = server_url(), 0
        settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
        forget_desk()
    make_size(), make_brix(), make_by_hand()
    for number in range(12):
        made(size=("large", "small")[number % 2], brix=str(10 + number), by_hand=number % 3 == 0)
    drain()
    wishes = ((), ("size=large",), ("size=large", "size=small", "brix=12..14"), ("by-hand=yes", "brix=16.5.."))

    def answers() -> list[Any]:
        found = [ask(category="jujube", with_facets=True, attributes=attributes) for attributes in wishes]
        return [(answer.total, {name: answer.facets[name] for name in fields(answer)}) for answer in found]

    first = answers()
    if url:
        remove_all(ElasticsearchEngine(server_url(), prefix=settings.SEARCH_INDEX_PREFIX))
    settings.SEARCH_URL = "database:"
    forget_desk()

    assert answers() == first
    assert [total for total, _facets in first] == [12, 6, 2, 1]
