from decimal import Decimal

import pytest
from django.db import transaction

from catalog.lots.actions.quarantine_lot import lock_lots, quarantine_lot
from catalog.lots.actions.take_lot import take_lot
from catalog.lots.errors import LotClosed, LotShort
from catalog.lots.models import HarvestLot, LotStock
from catalog.stock.models import StockItem, StockMovement
from market.common.errors import InvalidInput, MarketError
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, make_variant, make_warehouse, stock_of

pytestmark = pytest.mark.django_db


def take(lot: HarvestLot, kg: str) -> None:
    with transaction.atomic():
        (row,) = lock_lots([lot.pk])
        take_lot(row, Decimal(kg), note="→ MIX", reference="key", by=None, now=NOW)


def test_take_goes_through_all_packings_of_the_lot() -> None:
    variant = make_variant(net_kg="5", on_hand=4)
    lot = variant.product.lots.get()
    other = variant.product.variants.create(sku="SMALL", unit="XBG", net_kg=Decimal(1), gross_kg=Decimal("1.1"))
    item = StockItem.objects.create(variant=other, warehouse=make_warehouse(lot.enterprise), on_hand=10)
    LotStock.objects.create(lot=lot, stock_item=item, on_hand=10)

    take(lot, "23")

    assert [stock_of(one)[0] for one in (variant, other)] == [0, 7]
    assert sorted(StockMovement.objects.filter(kind="adjustment").values_list("quantity", flat=True)) == [-4, -3]


def test_take_of_the_last_tells_that_the_product_ran_out() -> None:
    variant = make_variant(net_kg="5", on_hand=4)
    OutboxEvent.objects.all().delete()

    take(variant.product.lots.get(), "20")

    assert [event.subject for event in OutboxEvent.objects.filter(topic="product.changed")] == [str(variant.product_id)]


@pytest.mark.parametrize(("kg", "error"), [("21", LotShort), ("10.001", InvalidInput)])
def test_take_of_what_is_not_there_changes_nothing(kg: str, error: type[MarketError]) -> None:
    variant = make_variant(net_kg="3", on_hand=6)

    with pytest.raises(error):
        take(variant.product.lots.get(), kg)

    assert stock_of(variant)[0] == 6
    assert not StockMovement.objects.filter(kind="adjustment").exists()


def test_take_from_a_lot_in_quarantine_is_refused() -> None:
    lot = make_variant().product.lots.get()
    quarantine_lot(lot, reason="damp", by=None, now=NOW)

    with pytest.raises(LotClosed):
        take(lot, "5")
