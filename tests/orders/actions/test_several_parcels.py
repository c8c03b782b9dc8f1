"""A shipment in several parcels, each with a waybill of its own: delivered only when all of them are."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client

from market.common.deadlines.models import Deadline
from market.common.errors import InvalidInput
from orders.actions.register_tracking import register_report
from orders.actions.ship_order import MOST_PARCELS, PackedLine, ship_order
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.errors import WaybillUsed
from orders.shipments.models import Notice, Parcel, Shipment
from tests.builders import NOW, stock_of
from tests.market.drivers.drivers import give_link, press, work
from tests.orders.inbox.test_receive import make_paid_order

pytestmark = pytest.mark.django_db


def make_parcels(*waybills: str, carrier: str = "truck") -> Shipment:
    first, *further = waybills
    return ship_order(make_paid_order(), [], carrier=carrier, waybill=first, further=further, by=None, now=NOW)


def tell(number: str, status: str, hours: int, *, parcel: str = "") -> None:
    at = NOW + timedelta(hours=hours)
    event = CarrierEvent(f"{number}{parcel}{status}{hours}", at, status)
    register_report(Report(number, events=[event], parcel=parcel), received_at=at, now=at)


def states(shipment: Shipment) -> dict[str, str]:
    return dict(shipment.parcels.order_by("pk").values_list("number", "status"))


def test_first_waybill_is_a_parcel_like_the_others() -> None:
    shipment = make_parcels("A", " B ", "C", "B", "")
    tell("A", "delivered", 5)

    shipment.refresh_from_db()
    assert states(shipment) == {"A": "delivered", "B": "unknown", "C": "unknown"}
    assert shipment.status == "unknown"
    assert not Deadline.objects.filter(kind="order.acceptance", state="open").exists()
    assert not Notice.objects.filter(status="delivered").exists()


@pytest.mark.parametrize("order", list(permutations("ABC")))
def test_delivered_when_the_last_one_is_whichever_that_is(order: tuple[str, ...]) -> None:
    shipment = make_parcels("A", "B", "C")
    for hours, waybill in enumerate(order, 1):
        shipment.refresh_from_db()
        assert shipment.status != "delivered"
        tell(waybill, "delivered", hours)

    shipment.refresh_from_db()
    assert shipment.status == "delivered"
    assert Deadline.objects.get(kind="order.acceptance").subject == shipment.seller_order.number
    assert Notice.objects.filter(status="delivered").count() == 1


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_buyer_is_told_when_the_last_one_comes_days_after_the_first_whatever_they_are_called(order: str) -> None:
    shipment = make_parcels("A", "B")
    tell(order[0], "delivered", 1)
    tell(order[1], "delivered", 73)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.status_at) == ("delivered", NOW + timedelta(hours=73))
    notice = Notice.objects.get(status="delivered")
    assert (notice.is_due, notice.occurred_at) == (True, NOW + timedelta(hours=73))


def test_whole_is_where_its_last_parcel_is_and_one_that_turns_back_stops_the_clock() -> None:
    shipment = make_parcels("A", "B")
    tell("A", "out_for_delivery", 3)
    tell("B", "picked_up", 4)
    shipment.refresh_from_db()
    assert shipment.status == "picked_up"
    tell("A", "delivered", 5)
    tell("B", "delivered", 6)

    tell("A", "returning", 7)

    shipment.refresh_from_db()
    assert (shipment.status, states(shipment)) == ("returning", {"A": "returning", "B": "delivered"})
    assert not Deadline.objects.filter(kind="order.acceptance", state="open").exists()


def test_partner_may_name_the_first_waybill_as_parcel_too() -> None:
    shipment = make_parcels("A", "B")
    tell("A", "delivered", 5, parcel="A")
    tell("A", "delivered", 6, parcel="B")

    assert states(shipment) == {"A": "delivered", "B": "delivered"}


def test_waybill_of_a_shipment_of_one_parcel_still_speaks_of_the_whole() -> None:
    shipment = make_parcels("A")
    assert not Parcel.objects.exists()
    tell("A", "picked_up", 3, parcel="P1")  # named by the carrier
    tell("A", "delivered", 5, parcel="A")

    shipment.refresh_from_db()
    assert (shipment.status, states(shipment)) == ("delivered", {"P1": "delivered"})


@pytest.mark.parametrize("waybills", [("C", "A"), ("C", "B"), ("A",), ("B",), ("B", "D")])
def test_waybill_that_is_on_the_order_already_is_refused_and_nothing_changes(waybills: tuple[str, ...]) -> None:
    order = make_paid_order()
    line = order.lines.get()
    ship_order(
        order, [PackedLine(line.pk, line.quantity / 2)], carrier="t", waybill="A", further=["B"], by=None, now=NOW
    )
    before = (Shipment.objects.count(), Parcel.objects.count(), stock_of(line.variant))

    with pytest.raises(WaybillUsed):
        ship_order(order, [], carrier="t", waybill=waybills[0], further=waybills[1:], by=None, now=NOW)

    assert (Shipment.objects.count(), Parcel.objects.count(), stock_of(line.variant)) == before


@pytest.mark.parametrize("further", [["x" * 61], [f"N{n}" for n in range(MOST_PARCELS)]])
def test_too_long_and_too_many_are_refused(further: list[str]) -> None:
    order = make_paid_order()

    with pytest.raises(InvalidInput):
        ship_order(order, [], carrier="t", waybill="A", further=further, by=None, now=NOW)

    assert SellerOrder.objects.get(pk=order.pk).state == "awaiting_seller"


def test_drivers_page_moves_one_parcel_or_all_of_them(client: Client) -> None:
    shipment = make_parcels("A", "B", "C")
    path = give_link(shipment)[1]
    page = client.get(path).content.decode()
    assert page.count("<option") == 4

    press(client, path, "picked_up")
    press(client, path, "delivered", waybill="B", signed_by="王五")
    work()

    shipment.refresh_from_db()
    assert states(shipment) == {"A": "picked_up", "B": "delivered", "C": "picked_up"}
    assert shipment.status == "picked_up"
    press(client, path, "delivered", signed_by="王五")
    work()
    shipment.refresh_from_db()
    assert shipment.status == "delivered"


def tell_by_booking(container: str, status: str, hours: int, booking: str = "BKG") -> None:
    at = NOW + timedelta(hours=hours)
    event = CarrierEvent(f"{container}{status}{hours}", at, status)
    references = {kind: number for kind, number in (("container", container), ("booking", booking)) if number}
    report = Report(container or booking, events=[event], parcel=container, references=references)
    register_report(report, received_at=at, now=at)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_booking_declared_as_first_waybill_is_no_piece_that_has_to_arrive(order: tuple[int, ...]) -> None:
    shipment = make_parcels("BKG", "C1", "C2")
    told = [
        lambda: tell_by_booking("C1", "delivered", 5),
        lambda: tell_by_booking("C2", "delivered", 6),
        lambda: tell_by_booking("", "in_transit", 3),  # of all its containers
        lambda: tell("BKG", "picked_up", 2),  # by somebody who does not say what the number is
    ]
    for number in order:
        told[number]()

    shipment.refresh_from_db()
    assert (shipment.status, states(shipment)) == ("delivered", {"C1": "delivered", "C2": "delivered"})
    assert set(shipment.events.values_list("parcel", "status")) == {
        ("", "in_transit"),
        ("", "picked_up"),
        ("C1", "delivered"),
        ("C2", "delivered"),
    }
    assert Deadline.objects.get(kind="order.acceptance", state="open").subject == shipment.seller_order.number


def test_booking_of_another_number_leaves_the_first_waybill_a_piece() -> None:
    shipment = make_parcels("C1", "C2")
    tell_by_booking("C1", "delivered", 5)

    shipment.refresh_from_db()
    assert (shipment.status, states(shipment)) == ("unknown", {"C1": "delivered", "C2": "unknown"})
