from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from market.common.deadlines.actions import run_due_deadlines
from market.common.deadlines.models import Deadline
from orders.actions.accept_delivery import ACCEPT_WITHIN
from orders.actions.register_tracking import register_report
from orders.actions.ship_order import PackedLine, ship_order
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Shipment
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_paid_order, make_shipment

pytestmark = pytest.mark.django_db


def report(waybill: str, status: str, hours: int) -> None:
    event = CarrierEvent(f"{status}{hours}", NOW + timedelta(hours=hours), status)
    moment = NOW + timedelta(hours=hours, minutes=1)
    register_report(Report(waybill, events=[event]), received_at=moment, now=moment)


def state_of_deadline() -> list[tuple[str, object]]:
    return list(Deadline.objects.filter(kind="order.acceptance").values_list("state", "due_at"))


def test_register_report_all_parcels_delivered_opens_acceptance_once() -> None:
    order = make_paid_order()
    line = order.lines.get()
    for waybill in ("A1", "A2"):
        ship_order(order, [PackedLine(line.pk, Decimal(1))], carrier="test", waybill=waybill, by=None, now=NOW)

    report("A1", "delivered", 1)
    assert state_of_deadline() == []
    report("A2", "delivered", 2)
    report("A2", "delivered", 5)

    assert state_of_deadline() == [("open", NOW + timedelta(hours=2, minutes=1) + ACCEPT_WITHIN)]


def test_register_report_parcel_that_turns_back_stops_the_acceptance_clock() -> None:
    shipment = make_shipment("B1")
    report("B1", "delivered", 1)

    report("B1", "returning", 30)
    handled = run_due_deadlines(NOW + timedelta(days=10))

    order = SellerOrder.objects.get(pk=shipment.seller_order_id)
    assert (handled, order.state) == (0, "in_progress")


def test_register_report_delivered_again_starts_the_clock_anew() -> None:
    make_shipment("C1")
    report("C1", "delivered", 1)
    report("C1", "returning", 30)

    report("C1", "delivered", 60)

    assert state_of_deadline() == [("open", NOW + timedelta(hours=60, minutes=1) + ACCEPT_WITHIN)]


def test_register_report_late_scan_from_before_delivery_leaves_the_clock_alone() -> None:
    make_shipment("D1")
    report("D1", "delivered", 10)
    before = state_of_deadline()

    report("D1", "in_transit", 4)

    assert (Shipment.objects.get().status, state_of_deadline()) == ("delivered", before)


def test_news_that_moves_nothing_costs_nine_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_shipment("D1")
    report("D1", "in_transit", 1)

    held = connection.vendor == "postgresql"  # the retractions, by a statement of its own
    with django_assert_num_queries(9 + held + 2):  # the test's own savepoint stands where BEGIN and COMMIT would
        report("D1", "in_transit", 2)
