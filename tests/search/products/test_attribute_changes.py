"""Whatever changes attributes, and on whichever path, the index hears of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from catalog.products.actions.define_attribute import change_attribute
from catalog.products.models import Attribute, AttributeValue, Category, Product
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.products.actions.check_index import check_index, mend
from search.products.engine import search_desk
from search.products.models import SearchDocument
from tests.builders import NOW, make_category, make_user
from tests.catalog.products.attributes import BRIX, SIZE, make_brix, make_size
from tests.search.products.test_attributes import indexed, made, shown
from tests.search.products.test_search import ask, drain

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


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
    forget_events()
    report = check_index(later, is_full=True)
    assert report.stale == [variant.product_id]
    mend(report, NOW)
    drain()

    assert indexed(variant) == ()
    assert check_index(later, is_full=True).stale == []


def forget_events() -> None:
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
    Attribute.objects.update(position=7, is_required=True)
    AttributeValue.objects.update(position=9)
    assert not OutboxEvent.objects.exists()  # documents say nothing of these
