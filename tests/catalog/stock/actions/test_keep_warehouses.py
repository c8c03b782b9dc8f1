import pytest

from catalog.stock.actions.keep_warehouses import (
    add_warehouse,
    close_warehouse,
    rename_warehouse,
    reopen_warehouse,
)
from catalog.stock.errors import GoodsPromised
from catalog.stock.models import Warehouse
from market.common.errors import InvalidInput
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.products.models import SearchDocument
from tests.builders import NOW, make_enterprise, make_placed, make_variant, make_warehouse

pytestmark = pytest.mark.django_db


def test_closing_takes_its_goods_off_sale_and_reopening_brings_them_back() -> None:
    variant = make_variant(on_hand=10)
    warehouse = make_warehouse(variant.product.enterprise)
    drain_outbox(NOW)

    close_warehouse(warehouse, now=NOW)
    drain_outbox(NOW)
    closed = _in_stock()
    reopen_warehouse(warehouse, now=NOW)
    drain_outbox(NOW)

    assert (closed, _in_stock()) == (False, True)


def _in_stock() -> bool:
    return bool(SearchDocument.objects.get().show["in_stock"])


def test_closing_with_promised_goods_is_refused() -> None:
    variant = make_variant(on_hand=10)
    warehouse = make_warehouse(variant.product.enterprise)
    make_placed((variant, 4))
    OutboxEvent.objects.all().delete()

    with pytest.raises(GoodsPromised) as refused:
        close_warehouse(warehouse, now=NOW)

    assert refused.value.details == {"reserved": "4"}
    assert Warehouse.objects.get().is_active
    assert not OutboxEvent.objects.exists()


def test_code_is_ones_own_and_used_once() -> None:
    enterprise = make_enterprise()
    add_warehouse(enterprise, code=" w 1", name="一号")
    add_warehouse(make_enterprise(), code="W1", name="别家一号")

    for code, name in (("W1", "again"), ("", "x"), ("W2", " ")):
        with pytest.raises(InvalidInput):
            add_warehouse(enterprise, code=code, name=name)

    assert list(Warehouse.objects.for_enterprise(enterprise.pk).values_list("code", flat=True)) == ["W1"]


def test_rename_keeps_the_code() -> None:
    warehouse = add_warehouse(make_enterprise(), code="W1", name="一号")

    rename_warehouse(warehouse, name="新名", place="团部")

    assert Warehouse.objects.values_list("code", "name", "place").get() == ("W1", "新名", "团部")
