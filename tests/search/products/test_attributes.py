"""Lists are filtered by the attributes of their category. What changes them: test_attribute_changes."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.products.models import Category, Product, Variant
from market.enterprises.models import Enterprise
from search.engines.base import SearchRequest
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.find import find
from search.products import queries
from search.products.actions.keep_choices import hide_product
from search.products.answer import SearchAnswer
from search.products.documents import load_documents
from search.products.engine import forget_desk
from tests.builders import NOW, make_category, make_officer, make_regiment, make_variant
from tests.catalog.products.attributes import BY_HAND, SIZE, make_attribute, make_brix, make_by_hand, make_size
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
