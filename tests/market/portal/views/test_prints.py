"""Labels and waybills: one per box, own orders only, thousands of boxes in pages."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from orders.actions.ship_order import PackedLine, ship_order
from orders.orders.models import OrderLine, SellerOrder
from orders.shipments.models import Parcel, ShipmentLine
from tests.builders import NOW, make_enterprise, make_variant
from tests.catalog.lots.actions.test_count_stock import add_lot
from tests.market.office.people import statements_of
from tests.market.portal.people import SELL, read, staff_of
from tests.orders.pickups.scenes import make_accepted, make_to_ship

pytestmark = pytest.mark.django_db


def shipped(quantity: int = 3, *, of: int = 5, waybill: str = "sf1234567890") -> SellerOrder:
    order = make_to_ship(quantity=of)
    line = order.lines.get()
    ship_order(order, [PackedLine(line.pk, Decimal(quantity))], carrier="顺路", waybill=waybill, by=None, now=NOW)
    return order


def boxes_on(page: str) -> list[str]:
    return re.findall(r"Box (\d+ of \d+)", page)


def test_each_box_has_its_label_with_the_waybill_and_the_lot() -> None:
    order = shipped()
    lot = order.lines.get().variant.product.lots.get().number
    client = staff_of(order.enterprise, "viewer")

    page = read(client, f"labels/?order={order.number}&shipment={order.number}-S1")

    assert boxes_on(page) == ["1 of 3", "2 of 3", "3 of 3"]
    assert page.count("<svg viewBox") >= 3
    assert (page.count("sf1234567890"), page.count(f">{lot}<")) == (3, 3)
    assert page.count("李买家") == 3
    assert "buyer@example.org" not in page
    assert "30.00" not in page


def test_what_is_not_packed_yet_carries_the_order_s_number_and_says_so() -> None:
    order = shipped(3, of=5)

    page = read(staff_of(order.enterprise), f"labels/?order={order.number}")

    assert boxes_on(page) == ["1 of 3", "2 of 3", "3 of 3", "1 of 2", "2 of 2"]
    assert "Some goods are not packed yet" in page


def test_pieces_with_numbers_of_their_own_show_them() -> None:
    order = shipped(2, of=2)
    shipment = order.shipments.get()
    for number in ("PIECE-1", "PIECE-2"):
        Parcel.objects.create(shipment=shipment, number=number)

    page = read(staff_of(order.enterprise), f"labels/?order={order.number}")

    assert ("PIECE-1" in page, "PIECE-2" in page, "sf1234567890" in page) == (True, True, False)


def test_boxes_of_two_lots_are_counted_through_and_the_last_is_not_full() -> None:
    variant = make_variant(on_hand=3)
    add_lot(variant, "B", 5)
    order = make_to_ship(variant, 7)
    OrderLine.objects.filter(seller_order=order).update(quantity=Decimal("6.5"))

    page = read(staff_of(order.enterprise), f"labels/?order={order.number}")

    assert boxes_on(page) == [f"{k} of 7" for k in range(1, 8)]
    assert "2.5 kg" in page  # half a box of 5 kg


def test_loose_goods_have_one_label() -> None:
    order = make_to_ship(quantity=7)
    OrderLine.objects.filter(seller_order=order).update(unit="TNE")

    assert boxes_on(read(staff_of(order.enterprise), f"labels/?order={order.number}")) == ["1 of 1"]


def test_thousands_of_boxes_come_in_pages() -> None:
    order = shipped(3, of=3)
    ShipmentLine.objects.update(quantity=250_000)
    client = staff_of(order.enterprise)

    first = read(client, f"labels/?order={order.number}")
    last = read(client, f"labels/?order={order.number}&page=2500&size=a4")

    assert (len(boxes_on(first)), boxes_on(first)[-1]) == (100, "100 of 250000")
    assert boxes_on(last)[-1] == "250000 of 250000"
    assert "portal/a4.css" in last
    assert 'rel="next"' in first


@pytest.mark.parametrize("paper", ["labels", "waybills"])
def test_foreign_orders_are_not_there_and_unpaid_ones_have_no_paper(paper: str) -> None:
    mine, other = make_to_ship(), make_to_ship()
    client = staff_of(mine.enterprise)

    for query in (f"order={other.number}", f"order={mine.number}&order={other.number}", "order=nobody"):
        assert client.get(f"{SELL}{paper}/?{query}").status_code == 404
    assert client.get(f"{SELL}{paper}/?order={mine.number}&shipment={other.number}-S1").status_code == 404
    assert "Choose in the list of orders" in read(client, f"{paper}/")
    SellerOrder.objects.update(state="cancelled")
    page = read(client, f"{paper}/?order={mine.number}")
    assert "Not paid, or ended" in page
    assert "李买家" not in page


@pytest.mark.parametrize("paper", ["labels", "waybills"])
def test_statements_do_not_grow_with_the_orders(paper: str) -> None:
    def orders(number: int) -> tuple[Client, str]:
        variant = make_variant(on_hand=1000)
        made = [make_to_ship(variant, 2) for _ in range(number)]
        for order in made:
            ship_order(
                order, [PackedLine(order.lines.get().pk, Decimal(1))], carrier="c", waybill="w", by=None, now=NOW
            )
        query = "&".join(f"order={order.number}" for order in made)
        client = staff_of(variant.product.enterprise)
        read(client, f"{paper}/?{query}")
        return client, f"{paper}/?{query}"

    few, many = orders(2), orders(9)

    assert statements_of(lambda: read(*few)) == statements_of(lambda: read(*many))


def test_waybill_sums_up_and_names_the_truck() -> None:
    order = make_to_ship(quantity=3)
    job = make_accepted(order, temperature_to=4)

    page = read(staff_of(order.enterprise), f"waybills/?order={order.number}")

    assert all(words in page for words in ("新N 12345", "赵师傅", job.number, "not above 4 °C"))
    sums = re.search(r"<tfoot>(.*?)</tfoot>", page, re.DOTALL)
    assert sums
    assert re.findall(r'<td class="num">([\d.]+)</td>', sums[1]) == ["3", "15", "16.2"]


def test_list_of_orders_lets_many_be_chosen() -> None:
    order = make_to_ship()
    client = staff_of(order.enterprise, "warehouse")

    page = read(client, "orders/")

    assert f'name="order" value="{order.number}"' in page
    assert "Have them fetched" in page
    assert "Have them fetched" not in read(client, "orders/?state=ended")
    assert "Have it fetched" in read(client, f"orders/{order.number}/")
    assert "Have it fetched" not in read(staff_of(order.enterprise, "viewer"), f"orders/{order.number}/")
    assert client.get(f"{SELL}labels/").status_code == 200
    assert staff_of(make_enterprise()).get(f"{SELL}labels/?order={order.number}").status_code == 404
