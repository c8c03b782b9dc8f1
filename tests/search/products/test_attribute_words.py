"""What a product says of its attributes is found by words too, in every language of the values."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from catalog.products.actions.define_attribute import Wish, change_attribute
from catalog.products.models import Attribute, AttributeValue, Category
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.products.actions.check_index import check_index, mend
from search.products.engine import search_desk
from search.products.models import SearchDocument
from tests.builders import NOW, make_category, make_user
from tests.catalog.products.attributes import SIZE, make_attribute, make_brix, make_by_hand, make_size
from tests.search.products.test_attribute_changes import forget_events
from tests.search.products.test_attributes import made
from tests.search.products.test_search import ask, drain, ids

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
MEMBRANE = Wish(
    names=("隔膜", "Membrane", ""), values=[("papery", ("纸状隔膜", "papery membrane", "бумажная перегородка"))]
)


def found(text: str) -> list[int]:
    answer = ask(text)
    return ids(answer) if answer.pass_name in ("strict", "browse") else []


@pytest.mark.parametrize("text", ["纸状隔膜", "papery", "бумажная перегородка"])
def test_the_name_of_a_value_finds_its_goods_in_each_language(text: str) -> None:
    make_attribute("membrane", "choice", MEMBRANE)
    variant = made(membrane="papery")
    made()
    drain()

    assert found(text) == [variant.product_id]


def test_yes_is_found_by_what_it_says_yes_to_and_no_is_not() -> None:
    make_by_hand()
    by_hand, by_machine = made(by_hand=True), made(by_hand=False)
    drain()

    assert found("手工采摘") == found("picked by hand") == [by_hand.product_id]
    assert by_machine.product_id in found("灰枣")


def test_names_of_choices_and_numbers_find_nothing() -> None:
    """They are the same for all goods of a category."""
    make_size(), make_brix()
    made(size="large", brix="17")
    drain()

    assert found("calibre") == found("可溶性固形物") == found("Размер") == []


def test_what_does_not_count_and_what_nobody_defined_is_no_word() -> None:
    retired = make_attribute("membrane", "choice", MEMBRANE)
    make_attribute("skin", "choice", replace(SIZE, values=[("thin", ("薄皮", "papershell", ""))]), category=other())
    made(membrane="papery", skin="thin", made_up="papershell")
    change_attribute(retired, replace(MEMBRANE, is_retired=True), by=make_user(), now=NOW)
    drain()

    assert found("papery") == found("薄皮") == found("papershell") == []


def other() -> Category:
    return make_category("walnut")


def test_what_is_no_filter_is_found_all_the_same() -> None:
    """It stands on the product's page."""
    make_attribute("membrane", "choice", replace(MEMBRANE, is_facet=False))
    variant = made(membrane="papery")
    drain()

    assert found("papery") == [variant.product_id]


def test_a_new_name_reaches_the_index() -> None:
    row = make_attribute("membrane", "choice", MEMBRANE)
    variant = made(membrane="papery")
    drain()

    wish = replace(MEMBRANE, values=[("papery", ("纸状隔膜", "parchment", ""))])
    change_attribute(row, wish, by=make_user(), now=LATER)
    drain_outbox(LATER)
    search_desk().main.refresh()

    assert (found("parchment"), found("papery")) == ([variant.product_id], [])


SILENT: dict[str, Callable[[], Any]] = {
    "value": lambda: AttributeValue.objects.update(name_en="parchment"),
    "yes": lambda: Attribute.objects.filter(kind="yes_no").update(name_ru="Собрано вручную"),
}


@pytest.mark.parametrize("name", SILENT)
def test_check_finds_a_name_that_changed_without_telling(name: str) -> None:
    make_attribute("membrane", "choice", MEMBRANE), make_by_hand()
    variant = made(membrane="papery", by_hand=True)
    drain()
    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=5)

    SILENT[name]()
    forget_events()
    report = check_index(later, is_full=True)
    assert report.stale == [variant.product_id]
    mend(report, NOW)
    drain()

    assert found({"value": "parchment", "yes": "вручную"}[name]) == [variant.product_id]


@pytest.mark.services
@pytest.mark.parametrize("name", SILENT)
def test_postgresql_tells_of_names_by_itself(name: str) -> None:
    if connection.vendor != "postgresql":
        pytest.fail("set DATABASE_URL to a PostgreSQL server: `make services` starts one")
    make_attribute("membrane", "choice", MEMBRANE), make_by_hand()
    variant = made(membrane="papery", by_hand=True)
    drain()
    forget_events()

    SILENT[name]()

    assert set(OutboxEvent.objects.values_list("topic", "subject")) == {
        ("category.changed", str(variant.product.category_id))
    }
