from decimal import Decimal

import pytest

from market.common.errors import IllegalMove, InvalidInput
from orders.actions.ship_order import PackedLine, ship_order
from orders.orders.models import SellerOrder
from orders.shipments.errors import NothingToShip, ShipsTooMuch, WaybillUsed
from orders.shipments.models import Shipment, ShipmentLine
from tests.builders import NOW, make_placed, make_variant, stock_of
from tests.orders.inbox.test_receive import make_paid_order

pytestmark = pytest.mark.django_db


def ship(order: SellerOrder, *wishes: tuple[int, str], waybill: str = "W1") -> Shipment:
    lines = [PackedLine(pk, Decimal(quantity)) for pk, quantity in wishes]
    return ship_order(order, lines, carrier="test", waybill=waybill, by=None, now=NOW)


def test_ship_order_line_named_twice_becomes_one_row_of_the_lot() -> None:
    order = make_paid_order()
    line = order.lines.get()

    shipment = ship(order, (line.pk, "1"), (line.pk, "1"))

    assert shipment.lines.get().quantity == Decimal(2)
    assert stock_of(line.variant) == (Decimal(8), Decimal(0))


def test_ship_order_keeps_waybills_as_a_carrier_will_send_them() -> None:
    order = make_paid_order()

    shipment = ship_order(order, [], carrier="test", waybill="ＳＦ １２", further=["sf１３"], by=None, now=NOW)

    assert shipment.waybill == "SF12"
    assert [parcel.number for parcel in shipment.parcels.order_by("pk")] == ["SF12", "sf13"]


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "0.0001", "3"])
def test_ship_order_senseless_quantity_is_refused_and_nothing_changes(quantity: str) -> None:
    order = make_paid_order()
    line = order.lines.get()

    with pytest.raises((ShipsTooMuch, InvalidInput)):
        ship(order, (line.pk, quantity))

    assert stock_of(line.variant) == (Decimal(10), Decimal(2))
    assert not Shipment.objects.exists()


def test_ship_order_in_parts_until_nothing_is_left() -> None:
    order = make_paid_order()
    line = order.lines.get()
    ship(order, (line.pk, "1"))
    ship(order, (line.pk, "1"), waybill="W2")

    with pytest.raises(NothingToShip):
        ship(order, waybill="W3")

    order.refresh_from_db()
    assert (order.state, ShipmentLine.objects.count()) == ("in_progress", 2)


def test_ship_order_same_waybill_twice_is_refused() -> None:
    order = make_paid_order()
    line = order.lines.get()
    ship(order, (line.pk, "1"))

    with pytest.raises(WaybillUsed):
        ship(order, (line.pk, "1"))

    assert stock_of(line.variant) == (Decimal(9), Decimal(1))


def test_ship_order_unpaid_is_refused() -> None:
    order = make_placed((make_variant(on_hand=10), 2)).seller_orders[0]

    with pytest.raises(IllegalMove):
        ship(order)

    assert not Shipment.objects.exists()
