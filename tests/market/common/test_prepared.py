from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Product, Variant
from catalog.stock.models import StockItem
from market.common.fields import QuantityField
from market.common.prepared import IsIn, Param, PreparedInsert, PreparedSelect, PreparedUpdate
from orders.inbox.models import Endpoint, InboxEvent
from tests.builders import NOW, make_variant, stock_of

pytestmark = pytest.mark.django_db
KEY = models.BigIntegerField()


def test_select_returns_the_instances_the_queryset_would_return() -> None:
    first, second = make_variant(), make_variant()
    find = PreparedSelect(lambda: Variant.objects.select_related("product").filter(pk=Param("key", KEY)))

    for variant in (first, second, first):
        with CaptureQueriesContext(connection) as queries:
            (row,) = find(key=variant.pk)
            assert (row, row.product.name_zh, row.net_kg) == (variant, variant.product.name_zh, variant.net_kg)

        assert len(queries) == 1


def test_select_of_values_converts_like_the_queryset() -> None:
    variant = make_variant()
    find = PreparedSelect(
        lambda: Variant.objects.filter(pk=Param("key", KEY)).annotate(low=Lower("sku")).values_list("net_kg", "low")
    )

    assert find(key=variant.pk) == [(variant.net_kg, variant.sku.lower())]
    assert find(key=0) == []


@pytest.mark.parametrize("count", [0, 1, 30])
def test_select_by_a_list_of_any_length_is_one_statement(count: int) -> None:
    made = [make_variant().pk for _ in range(count)]
    make_variant()
    find = PreparedSelect(lambda: Variant.objects.filter(IsIn(F("pk"), "keys", KEY)).order_by("pk"))

    with CaptureQueriesContext(connection) as queries:
        assert [row.pk for row in find(keys=made)] == made

    assert len(queries) == 1


def test_select_refuses_to_prefetch() -> None:
    find = PreparedSelect(lambda: Product.objects.prefetch_related("variants"))

    with pytest.raises(ValueError, match="prefetch"):
        find()


def test_select_without_its_value_is_an_error_and_not_another_query() -> None:
    find = PreparedSelect(lambda: Variant.objects.filter(pk=Param("key", KEY)))

    with pytest.raises(KeyError):
        find()


def test_update_is_conditional_and_counts() -> None:
    variant = make_variant(on_hand=5)
    take = PreparedUpdate(
        lambda: StockItem.objects.filter(
            variant=Param("variant", KEY), on_hand__gte=F("reserved") + Param("wish", QuantityField())
        ),
        lambda: {"reserved": F("reserved") + Param("wish", QuantityField())},
    )

    assert take(variant=variant.pk, wish=Decimal(4)) == 1
    assert take(variant=variant.pk, wish=Decimal(4)) == 0
    assert stock_of(variant) == (Decimal(5), Decimal(4))


def test_insert_writes_the_row_only_if_its_condition_holds_in_the_same_statement() -> None:
    endpoint = Endpoint.objects.create(adapter="standard", name="truck", created_at=NOW)
    write = PreparedInsert(
        InboxEvent,
        ("endpoint", "key", "sealed", "headers", "last_seen_at", "received_at", "due_at"),
        lambda: Endpoint.objects.filter(pk=Param("endpoint", models.CharField()), is_active=True),
        unique=("endpoint", "key"),
        update=("last_seen_at",),
    )

    def event(hours: int = 0) -> tuple[object, ...]:
        at = NOW + timedelta(hours=hours)
        return endpoint.pk, "k", b"\0\xff", {"a": ["é"]}, at if hours else None, NOW, NOW

    with CaptureQueriesContext(connection) as queries:
        assert write(event(), endpoint=endpoint.pk)
        assert write(event(hours=1), endpoint=endpoint.pk)
    endpoint.is_active = False
    endpoint.save()
    assert not write(event(hours=2), endpoint=endpoint.pk)

    assert len(queries) == 2
    stored = InboxEvent.objects.get()
    assert (bytes(stored.sealed), stored.headers, stored.last_seen_at) == (
        b"\0\xff",
        {"a": ["é"]},
        NOW + timedelta(hours=1),
    )
    assert (stored.state, stored.origin, stored.attempts, stored.handled_at) == ("open", "webhook", 0, None)
