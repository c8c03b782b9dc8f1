"""The driver's sheet: the partner's own stops, in order, with sums; nothing of buyers or money."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from orders.actions.ship_order import PackedLine, ship_order
from orders.orders.models import SellerOrder
from orders.pickups.goods import goods_of
from orders.pickups.load_sheet import load_sheet
from orders.pickups.load_sheet_csv import write_csv
from orders.shipments.models import Shipment
from tests.builders import NOW, make_variant
from tests.catalog.lots.actions.test_count_stock import add_lot
from tests.market.office.people import statements_of
from tests.orders.pickups.scenes import LATER, LOAD, make_accepted, make_job, make_partner, make_to_ship

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 25)


def test_stops_of_several_sellers_in_order_with_sums() -> None:
    partner, _secret = make_partner()
    late = make_accepted(partner=partner, window=LATER, boxes=10, gross_kg=Decimal(100), temperature_to=4)
    early = make_accepted(partner=partner, temperature_from=-2, temperature_to=8)
    make_job(partner=partner)  # nobody has accepted it
    make_accepted()  # another partner's

    sheet = load_sheet(partner)

    assert [stop.job.number for stop in sheet.stops] == [early.number, late.number]
    assert [stop.position for stop in sheet.stops] == [1, 2]
    assert (sheet.boxes, sheet.gross_kg) == (14, Decimal("121.6"))
    assert (sheet.temperature_from, sheet.temperature_to, sheet.suits_all) == (-2, 4, True)


def test_frozen_and_fresh_on_one_truck_is_said() -> None:
    partner, _secret = make_partner()
    make_accepted(partner=partner, temperature_from=-25, temperature_to=-18)
    make_accepted(partner=partner, temperature_from=0, temperature_to=4)

    assert not load_sheet(partner).suits_all


def test_day_is_beijings_and_windows_that_touch_it_count() -> None:
    partner, _secret = make_partner()
    job = make_accepted(partner=partner)  # 25 November, 12 to 18 o'clock

    assert [stop.job.pk for stop in load_sheet(partner, day=TOMORROW).stops] == [job.pk]
    assert load_sheet(partner, day=date(2026, 11, 24)).stops == []
    assert load_sheet(partner, day=date(2026, 11, 26)).stops == []


def test_chosen_jobs_of_another_partner_are_not_there() -> None:
    partner, _secret = make_partner()
    mine, other = make_accepted(partner=partner), make_accepted()

    sheet = load_sheet(partner, numbers=[mine.number, other.number, "K-nobody"])

    assert [stop.job.pk for stop in sheet.stops] == [mine.pk]


def test_parts_are_lots_over_all_orders_and_ended_orders_are_left() -> None:
    variant = make_variant(on_hand=3)
    add_lot(variant, "B", 5)
    one, two = make_to_ship(variant, 2), make_to_ship(variant, 4)
    gone = make_to_ship(variant, 1)
    partner, _secret = make_partner()
    make_accepted(one, two, gone, partner=partner)
    SellerOrder.objects.filter(pk=gone.pk).update(state="cancelled")

    (stop,) = load_sheet(partner).stops

    assert (stop.orders, stop.ended) == (sorted([one.number, two.number]), [gone.number])
    parts = {part.lot_number: (part.quantity, part.gross_kg) for part in stop.parts}
    assert sum(quantity for quantity, _kg in parts.values()) == 6
    assert parts["B"] == (Decimal(5), Decimal("27.0"))


def test_what_a_carrier_has_already_is_not_loaded_again() -> None:
    order = make_to_ship(quantity=4)
    partner, _secret = make_partner()
    make_accepted(order, partner=partner)
    ship_order(order, [PackedLine(order.lines.get().pk, Decimal(1))], carrier="t", waybill="W1", by=None, now=NOW)

    before = load_sheet(partner).stops[0].parts
    Shipment.objects.update(status="in_transit")
    after = load_sheet(partner).stops[0].parts

    assert (sum(part.quantity for part in before), sum(part.quantity for part in after)) == (4, 3)


def test_lot_is_not_proposed_to_two_orders() -> None:
    variant = make_variant(on_hand=3)
    add_lot(variant, "B", 5)
    one, two = make_to_ship(variant, 4), make_to_ship(variant, 4)

    goods = goods_of([one, two])

    assert [(item.lot_number, item.quantity) for item in goods[one.pk]] == [("B", Decimal(4))]
    taken = {item.lot_number: item.quantity for item in goods[two.pk]}
    assert taken["B"] == 1
    assert sum(taken.values()) == 4


def test_lot_in_quarantine_is_not_proposed() -> None:
    variant = make_variant(on_hand=3)
    order = make_to_ship(variant, 2)
    variant.product.lots.update(state="quarantined")

    assert [(item.lot_number, item.quantity) for item in goods_of([order])[order.pk]] == [("", Decimal(2))]


def test_statements_do_not_grow_with_the_stops() -> None:
    few, many = make_partner()[0], make_partner()[0]
    for _ in range(2):
        make_accepted(partner=few)
    for _ in range(8):
        make_accepted(partner=many)

    assert statements_of(lambda: write_csv(load_sheet(few))) == statements_of(lambda: write_csv(load_sheet(many)))


def test_csv_sums_up_and_runs_no_formula() -> None:
    partner, _secret = make_partner()
    variant = make_variant(on_hand=3)
    add_lot(variant, "B", 5)
    make_accepted(make_to_ship(variant, 7), partner=partner, note="=1+1", temperature_from=-18)

    with override("en"):
        raw = write_csv(load_sheet(partner))

    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["Boxes"] for row in rows] == ["4", ""]
    assert rows[0]["Note"] == "'=1+1"
    assert rows[0]["Phone"] == f"'{LOAD.phone}"
    assert rows[0]["Lowest, °C"] == "-18"
    assert rows[0]["From, Beijing time"] == "2026-11-25 12:00"
    assert "李买家" not in raw.decode()
