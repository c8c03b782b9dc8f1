"""What stands in a document belongs to other rows too: their changes reach it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.products.models import Category, Product
from market.channels.models import Channel
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.common.outbox.record import record_event
from market.compliance.actions.set_destination import set_destination
from market.compliance.models import DestinationPolicy
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit
from search.products import documents, tasks
from search.products.actions.check_index import check_index, mend
from search.products.answer import SearchAnswer, SearchQuery
from search.products.engine import forget_desk, search_desk
from search.products.models import SearchDocument
from search.products.queries import search_products
from tests.builders import (
    NOW,
    make_category,
    make_officer,
    make_regiment,
    make_rules,
    make_variant,
    offer_for_export,
    open_country,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


def ask(text: str = "", **wishes: Any) -> SearchAnswer:
    return search_products(SearchQuery(text=text, **wishes))


def ids(answer: SearchAnswer) -> list[int]:
    return [hit.product_id for hit in answer.hits]


def tell(topic: str, pk: int) -> None:
    with transaction.atomic():
        record_event(topic, pk, now=NOW)


def test_new_names_of_category_unit_and_seller_are_found_and_shown() -> None:
    variant = make_variant()
    other = make_variant(name_zh="核桃", name_en="Walnuts", name_ru="Орехи", category=make_category("walnut"))
    drain_outbox(NOW)
    product = variant.product
    division = product.origin_unit.parent
    assert division is not None

    Category.objects.filter(pk=product.category_id).update(name_en="Zizyphus")
    OrgUnit.objects.filter(pk=product.origin_unit_id).update(name_en="Lakeside")
    Enterprise.objects.filter(pk=product.enterprise_id).update(name_en="Sunrise Orchards")
    for topic, pk in (
        ("category.changed", product.category_id),
        ("unit.changed", division.pk),  # the change of a unit above reaches what is below
        ("enterprise.changed", product.enterprise_id),
    ):
        tell(topic, pk)
    drain_outbox(NOW)

    for text in ("zizyphus", "lakeside", "sunrise"):
        assert ids(ask(text)) == [variant.product_id]
    card = ask("lakeside", language="en", with_facets=True)
    assert (card.hits[0].origin_name, card.hits[0].seller_name) == ("Lakeside", "Sunrise Orchards")
    assert [value.label for value in card.facets["category"]] == ["Zizyphus"]
    assert other.product_id not in ids(ask("lakeside"))


def test_channel_that_is_switched_off_empties_its_lists() -> None:
    make_variant()
    drain_outbox(NOW)
    channel = Channel.objects.get(code="domestic")

    Channel.objects.filter(pk=channel.pk).update(is_active=False)
    tell("channel.changed", channel.pk)
    drain_outbox(NOW)

    assert not SearchDocument.objects.filter(is_gone=False).exists()


def test_product_that_fails_in_a_fan_out_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = make_variant(), make_variant()
    drain_outbox(NOW)
    real = documents._streams
    Category.objects.update(name_en="Zizyphus")
    with monkeypatch.context() as patch:
        patch.setattr(documents, "_streams", lambda row, *more: 1 / 0 if row.pk == bad.product_id else real(row, *more))
        tell("category.changed", bad.product.category_id)
        drain_outbox(NOW)
        assert ids(ask("zizyphus")) == [good.product_id]

    drain_outbox(NOW + timedelta(hours=1))

    assert sorted(ids(ask("zizyphus"))) == sorted([bad.product_id, good.product_id])


@pytest.mark.parametrize("size", [3, 30])
def test_fan_out_costs_the_same_statements_for_any_number(size: int, django_assert_max_num_queries: Any) -> None:
    category = make_category()
    for _ in range(size):
        make_variant(category=category)
    drain_outbox(NOW)
    tell("category.changed", category.pk)

    with django_assert_max_num_queries(40):
        tasks.index_related(list(OutboxEvent.objects.filter(topic="category.changed")), NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Enterprise.objects.update(name_ru="Новое имя"),
        lambda: OrgUnit.objects.filter(level="regiment").update(name_zh="新名团"),
        lambda: Category.objects.update(slug="renamed"),
    ],
    ids=["seller", "origin", "category"],
)
def test_check_finds_names_that_documents_do_not_show(change: Callable[[], object]) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    later = SearchDocument.objects.latest("written_at").written_at + timedelta(minutes=1)
    assert check_index(later).stale == []

    change()
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        OutboxEvent.objects.all().delete()
    report = check_index(later)
    assert report.stale == [variant.product_id]
    mend(report, NOW)
    drain_outbox(NOW)

    assert check_index(later).stale == []


@pytest.mark.services
def test_postgresql_tells_of_new_names_by_itself() -> None:
    if connection.vendor != "postgresql":
        pytest.fail("set DATABASE_URL to a PostgreSQL server: `make services` starts one")
    variant = make_variant()
    product = variant.product
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    OutboxEvent.objects.all().delete()

    Category.objects.filter(pk=product.category_id).update(name_en="Zizyphus")
    Category.objects.filter(pk=product.category_id).update(position=7)
    OrgUnit.objects.filter(pk=product.origin_unit_id).update(name_en="Lakeside")
    Enterprise.objects.filter(pk=product.enterprise_id).update(name_en="Sunrise Orchards", about_en="not a name")
    Channel.objects.filter(code="domestic").update(position=9)

    assert sorted(OutboxEvent.objects.values_list("topic", "subject")) == [
        ("category.changed", str(product.category_id)),
        ("enterprise.changed", str(product.enterprise_id)),
        ("unit.changed", str(product.origin_unit_id)),
    ]


def test_goods_are_found_by_where_an_officer_lets_them_go_and_the_law_does_not_bar_them() -> None:
    jujubes, walnuts = make_variant(), make_variant(name_zh="核桃", category=make_category("walnut"))
    Product.objects.filter(pk=jujubes.product_id).update(hs_code="081340")
    Product.objects.filter(pk=walnuts.product_id).update(hs_code="080231")
    for variant in (jujubes, walnuts):
        offer_for_export(variant)
    drain_outbox(NOW)
    abroad = {"channel": "export", "destination": "KZ"}
    assert ids(ask(**abroad)) == []  # unknown is never allowed

    open_country("KZ", "0813")
    open_country("US")
    drain_outbox(NOW)

    assert ids(ask(**abroad)) == [jujubes.product_id]
    assert ids(ask(channel="export", destination="US")) == []  # open by us, barred by their law

    set_destination("KZ", "closed", reason="over", by=make_officer(make_regiment(), "compliance"), now=NOW)
    drain_outbox(NOW)

    assert ids(ask(**abroad)) == []


def test_rules_that_are_published_or_come_into_force_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = offer_for_export(make_variant())
    open_country("KZ")
    abroad = {"channel": "export", "destination": "KZ"}
    origin = variant.product.origin_subdivision
    bar = {"match": {"destinations": ["KZ"], "upstream_origin_subdivisions": [origin], "hs_prefixes": ["0813"]}}

    def look(at: datetime) -> int:
        """A worker's next look at the index, and what it drains then. Returns how often it was told of destinations."""
        monkeypatch.setattr("search.products.documents.read_clock", lambda: at)
        forget_desk()
        tasks.keep_index(at)
        told = OutboxEvent.objects.filter(topic="destination.changed", done_at=None).count()
        drain_outbox(at)
        search_desk().main.refresh()
        return told

    look(NOW)  # builds the index
    look(NOW)  # and notes by which rules
    assert (look(NOW), ids(ask(**abroad))) == (0, [variant.product_id])

    make_rules({"code": "T1", "effective_from": NOW.date() + timedelta(days=30), **bar})
    assert (look(NOW), ids(ask(**abroad))) == (0, [variant.product_id])
    assert (look(NOW + timedelta(days=31)), ids(ask(**abroad))) == (1, [])
    assert look(NOW + timedelta(days=32)) == 0

    make_rules()  # without the bar
    assert (look(NOW + timedelta(days=32)), ids(ask(**abroad))) == (1, [variant.product_id])
    DestinationPolicy.objects.update(status="closed")
    assert (look(NOW + timedelta(days=32)), ids(ask(**abroad))) == (1, [])


def test_a_change_that_touches_many_lets_a_new_price_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "IN_A_TURN", 2)
    category = make_category()
    products = [make_variant(category=category).product_id for _ in range(5)]
    drain_outbox(NOW)
    stamps = dict(SearchDocument.objects.values_list("pid", "version"))
    tell("category.changed", category.pk)

    turns = []
    while drain_outbox(NOW):
        rows = SearchDocument.objects.values_list("pid", "product_id", "version")
        turns.append(len({product for pid, product, version in rows if version > stamps[pid]}))
        if len(turns) == 1:
            tell("product.changed", products[0])

    assert turns == [2, 4, 5]
    assert not OutboxEvent.objects.filter(done_at=None).exists()
