"""Many rows written at once: keys, constraints, overwriting, and a number of statements that does not grow."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from catalog.pricing.models import PriceTier
from catalog.products.models import Category, Product, Variant
from market.common.bulk import insert_rows, insert_values, update_rows, write_values
from orders.inbox.models import Endpoint, InboxEvent
from tests.builders import NOW, make_product, make_variant

pytestmark = pytest.mark.django_db
KEY = models.BigIntegerField()


def rows(product: Product, *codes: str) -> list[Variant]:
    weight: dict[str, Any] = {"net_kg": Decimal("2.5"), "gross_kg": Decimal(3)}
    return [Variant(product=product, sku=code, **weight) for code in codes]


def test_insert_rows_sets_keys_in_order_with_one_statement() -> None:
    product = make_product()
    made = rows(product, "A", "B", "C")

    with CaptureQueriesContext(connection) as queries:
        insert_rows(made)

    assert len(queries) == 1
    assert [Variant.objects.get(sku=row.sku).pk for row in made] == [row.pk for row in made]
    assert Variant.objects.get(sku="B").net_kg == Decimal("2.5")


def test_insert_values_writes_rows_nobody_needs_an_object_of_with_one_statement() -> None:
    price = make_variant().prices.get()

    with CaptureQueriesContext(connection) as queries:
        insert_values(
            PriceTier, ("price", "min_quantity", "amount"), [(price.pk, 10, Decimal("2.5")), (price.pk, 20, 2)]
        )
        insert_values(PriceTier, ("price", "min_quantity", "amount"), [])

    assert len(queries) == 1
    written = [(tier.min_quantity, tier.amount) for tier in price.tiers.all()]
    assert written[1:] == [(Decimal(10), Decimal("2.5")), (Decimal(20), Decimal(2))]


def test_insert_rows_obeys_constraints_and_leaves_nothing_behind() -> None:
    product = make_product()

    with pytest.raises(IntegrityError):
        insert_rows(rows(product, "A", "A"))


def test_insert_rows_overwrites_the_named_columns_of_a_standing_row() -> None:
    product = make_product()
    (standing,) = rows(product, "A")
    insert_rows([standing])
    (again,) = rows(product, "A")
    again.net_kg, again.unit = Decimal(1), "XBG"

    insert_rows([again], unique=["product", "sku"], update=["net_kg"])

    stored = Variant.objects.get(product=product, sku="A")
    assert (stored.pk, stored.net_kg, stored.unit) == (standing.pk, Decimal(1), standing.unit)
    assert again.pk == standing.pk


def values(row: Variant) -> tuple[list[str], list[Any]]:
    fields = [field for field in Variant._meta.concrete_fields if not field.primary_key]
    names = [field.name for field in fields]
    return names, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


@pytest.mark.parametrize("others", [1, 30])
@pytest.mark.parametrize(("position", "kept"), [(2, 3), (3, 3), (4, 4)])
def test_write_values_overwrites_only_what_is_older(position: int, kept: int, others: int) -> None:
    product = make_product()
    standing, again, *more = rows(product, "A", "A", *(f"B{number}" for number in range(others)))
    standing.position, again.position = 3, position
    insert_rows([standing])
    names, new = values(again)

    with CaptureQueriesContext(connection) as queries:
        write_values(
            Variant,
            names,
            [*(values(other)[1] for other in more), new],
            unique=["product", "sku"],
            update=["position", "unit"],
            newer="position",
        )

    assert len(queries) == 1
    assert Variant.objects.get(product=product, sku="A").position == kept
    assert {row.net_kg for row in Variant.objects.filter(product=product, sku__startswith="B")} == {Decimal("2.5")}


def test_write_values_of_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        write_values(Variant, ["sku"], [], unique=["sku"], update=[], newer="position")

    assert len(queries) == 0


def test_insert_rows_of_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        insert_rows([])

    assert len(queries) == 0


@pytest.mark.parametrize("count", [1, 30])
def test_insert_rows_writes_moments_texts_and_json(count: int) -> None:
    product = make_product()
    copies = [Product.objects.get(pk=product.pk) for _ in range(count)]
    for number, copy in enumerate(copies):
        copy.pk = None
        copy.name_zh = f'灰枣 "{number}" \\ {{a,b}}'
        copy.season_months, copy.badges = [9, number], [{"body": 'é "'}]
        copy.attributes = {} if number % 2 else {"a": True, "n": "1.5"}
        copy.created_at, copy.published_at = NOW, None if number % 2 else NOW

    with CaptureQueriesContext(connection) as queries:
        insert_rows(copies)

    assert len(queries) == 1
    fields = [field.attname for field in Product._meta.concrete_fields]
    for copy in copies:
        stored = Product.objects.get(pk=copy.pk)
        assert [getattr(stored, name) for name in fields] == [getattr(copy, name) for name in fields]


@pytest.mark.parametrize("count", [1, 30])
def test_insert_rows_refuses_too_long_a_text_and_cuts_none(count: int) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no lengths")

    with pytest.raises(DataError):
        insert_rows(rows(make_product(), *(f"{number}-".ljust(41, "x") for number in range(count))))


@pytest.mark.parametrize("count", [2, 30])
def test_insert_values_gives_keys_of_new_and_of_standing_rows_in_their_order(count: int) -> None:
    product = make_product()
    standing = rows(product, *(f"A{number}" for number in range(0, count, 2)))
    insert_rows(standing)
    names = ("product", "sku", "net_kg", "gross_kg", "unit", "position", "is_active")
    told = [(product.pk, f"A{n}", Decimal("1.250"), Decimal(2), "XBG", n, n != 1) for n in range(count)]

    keys = insert_values(Variant, names, told, unique=("product", "sku"), update=("net_kg", "is_active"))

    found = {row.sku: row for row in Variant.objects.filter(product=product)}
    assert keys == [found[f"A{n}"].pk for n in range(count)]
    assert keys[::2] == [row.pk for row in standing]
    assert [(found[f"A{n}"].net_kg, found[f"A{n}"].unit, found[f"A{n}"].is_active) for n in range(2)] == [
        (Decimal("1.250"), "XBX", True),
        (Decimal("1.250"), "XBG", False),
    ]


@pytest.mark.parametrize("count", [0, 1, 30])
def test_update_rows_writes_the_named_fields_of_any_number_with_one_statement(count: int) -> None:
    endpoint = Endpoint.objects.create(adapter="standard", name="truck", created_at=NOW)
    told = [
        InboxEvent(endpoint=endpoint, key=f"k{n}", sealed=b"", received_at=NOW, due_at=NOW) for n in range(count + 1)
    ]
    insert_rows(told)
    for number, event in enumerate(told[:count]):
        event.sealed, event.headers, event.attempts = bytes([number]), {"n": [number, "é"]}, number
        event.handled_at = NOW if number else None
        event.error = "not written"

    with CaptureQueriesContext(connection) as queries:
        update_rows(iter(told[:count]), ["sealed", "headers", "attempts", "handled_at"])

    assert len(queries) == bool(count)
    found = list(InboxEvent.objects.order_by("pk"))
    assert [(bytes(e.sealed), e.headers, e.attempts, e.handled_at) for e in found[:count]] == [
        (bytes([number]), {"n": [number, "é"]}, number, NOW if number else None) for number in range(count)
    ]
    assert {event.error for event in found} == {""}
    assert (bytes(found[count].sealed), found[count].attempts) == (b"", 0)


@pytest.mark.parametrize("count", [1, 30])
def test_update_rows_writes_json_and_keys_of_others(count: int) -> None:
    product = make_product()
    other = Category.objects.create(slug="other", path="/other/", name_zh="x")
    told = [Product.objects.get(pk=product.pk) for _ in range(count)]
    for row in told:
        row.pk = None
    insert_rows(told)
    for number, row in enumerate(told):
        row.season_months, row.attributes, row.category = [number], {"a": f'"{number}"'}, other

    update_rows(told, ["season_months", "attributes", "category"])

    assert [
        (row.season_months, row.attributes, row.category_id)
        for row in Product.objects.exclude(pk=product.pk).order_by("pk")
    ] == [([number], {"a": f'"{number}"'}, other.pk) for number in range(count)]


def test_update_rows_converts_quantities_and_texts_as_the_fields_do() -> None:
    item = make_variant(on_hand=10).stock_items.get()
    item.on_hand = Decimal("12.345")

    update_rows([item], ["on_hand"])

    item.refresh_from_db()
    assert item.on_hand == Decimal("12.345")


def test_update_rows_of_a_row_that_is_gone_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.common.bulk.MOST_VALUES", 5)  # two rows of key and name
    endpoints = [Endpoint.objects.create(adapter="standard", name=f"t{n}", created_at=NOW) for n in range(5)]
    Endpoint.objects.filter(pk=endpoints[1].pk).delete()
    for endpoint in endpoints:
        endpoint.name += "!"

    with CaptureQueriesContext(connection) as queries:
        update_rows(endpoints, ["name"])

    assert len(queries) == 3
    assert set(Endpoint.objects.values_list("name", flat=True)) == {"t0!", "t2!", "t3!", "t4!"}


def test_update_rows_refuses_a_text_that_is_too_long_where_the_database_does() -> None:
    endpoint = Endpoint.objects.create(adapter="standard", name="t", created_at=NOW)
    endpoint.name = "x" * 81

    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            update_rows([endpoint], ["name"])
    assert Endpoint.objects.get().name == "t"


def test_rows_with_more_values_than_a_statement_takes_are_several_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.common.bulk.MOST_VALUES", 40)
    endpoint = Endpoint.objects.create(adapter="standard", name="truck", created_at=NOW)
    told = [InboxEvent(endpoint=endpoint, key=f"k{n}", sealed=b"", received_at=NOW, due_at=NOW) for n in range(5)]

    with CaptureQueriesContext(connection) as queries:
        insert_rows(told)

    assert len(queries) == 3
    assert [event.pk for event in told] == list(InboxEvent.objects.order_by("pk").values_list("pk", flat=True))
