from decimal import Decimal

import pytest

from catalog.lots.actions.quarantine_lot import quarantine_lot, release_lot
from catalog.lots.errors import LotClosed, LotShort
from catalog.lots.models import HarvestLot, LotEvent, LotStock
from catalog.stock.models import StockItem
from market.common.errors import IllegalMove, InvalidInput
from market.common.outbox.models import OutboxEvent
from orders.actions.end_order import decline_order
from orders.actions.ship_order import ship_order
from orders.orders.models import SellerOrder
from orders.shipments.models import Shipment
from tests.builders import NOW, make_placed, make_variant, stock_of
from tests.catalog.lots.actions.test_count_stock import add_lot, movements_add_up

pytestmark = pytest.mark.django_db


def part() -> tuple[Decimal, Decimal]:
    row = LotStock.objects.get()
    return row.on_hand, row.held


def test_quarantine_takes_what_is_not_promised_off_sale_and_tells_the_index() -> None:
    variant = make_variant(on_hand=10)
    OutboxEvent.objects.all().delete()

    quarantine_lot(HarvestLot.objects.get(), reason="residue", by=None, now=NOW)

    assert stock_of(variant) == (Decimal(0), Decimal(0))
    assert part() == (Decimal(0), Decimal(10))
    assert movements_add_up(variant)
    assert LotEvent.objects.get().reason == "residue"
    assert OutboxEvent.objects.filter(topic="product.changed").count() == 1


def test_promised_goods_of_the_lot_stay_promised_and_cannot_be_packed() -> None:
    variant = make_variant(on_hand=10)
    order = make_placed((variant, 4)).seller_orders[0]
    SellerOrder.objects.update(state="awaiting_seller")
    lot = HarvestLot.objects.get()
    quarantine_lot(lot, reason="residue", by=None, now=NOW)

    with pytest.raises(LotShort):
        ship_order(order, [], carrier="truck", waybill="W", by=None, now=NOW)

    assert not Shipment.objects.exists()
    assert (stock_of(variant), part()) == ((Decimal(4), Decimal(4)), (Decimal(4), Decimal(6)))
    decline_order(order, by=None, reason="residue", now=NOW)
    quarantine_lot(lot, reason="residue", by=None, now=NOW)
    assert (stock_of(variant), part()) == ((Decimal(0), Decimal(0)), (Decimal(0), Decimal(10)))


def test_release_brings_the_goods_back_for_sale() -> None:
    variant = make_variant(on_hand=10)
    lot = HarvestLot.objects.get()
    quarantine_lot(lot, reason="residue", by=None, now=NOW)

    release_lot(lot, reason="test passed", by=None, now=NOW)

    assert (stock_of(variant), part()) == ((Decimal(10), Decimal(0)), (Decimal(10), Decimal(0)))
    assert movements_add_up(variant)
    with pytest.raises(IllegalMove):
        release_lot(lot, reason="twice", by=None, now=NOW)
    assert part() == (Decimal(10), Decimal(0))


def test_quarantine_without_reason_changes_nothing() -> None:
    make_variant(on_hand=10)

    with pytest.raises(InvalidInput):
        quarantine_lot(HarvestLot.objects.get(), reason=" ", by=None, now=NOW)

    assert HarvestLot.objects.get().state == "open"
    assert part() == (Decimal(10), Decimal(0))


def test_recalled_lot_never_comes_back() -> None:
    make_variant(on_hand=10)
    HarvestLot.objects.update(state="recalled")

    for action in (quarantine_lot, release_lot):
        with pytest.raises(IllegalMove):
            action(HarvestLot.objects.get(), reason="x", by=None, now=NOW)

    assert part() == (Decimal(10), Decimal(0))


def test_nothing_is_received_into_a_lot_in_quarantine() -> None:
    variant = make_variant(on_hand=10)
    lot = HarvestLot.objects.get()
    quarantine_lot(lot, reason="residue", by=None, now=NOW)

    with pytest.raises(LotClosed):
        add_lot(variant, lot.number, 5, harvested_from=lot.harvested_from, harvested_to=lot.harvested_to)

    assert StockItem.objects.get().on_hand == 0
