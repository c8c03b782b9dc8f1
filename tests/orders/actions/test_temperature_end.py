"""What was measured after delivery does not count, whichever came first."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.actions.fold_logs import fold_logs
from orders.actions.register_tracking import register_report
from orders.shipments.carriers.base import CarrierEvent, Report
from tests.builders import NOW
from tests.orders.actions.test_temperature_log import LATER, log_of, make_cold, raised, tell

pytestmark = pytest.mark.django_db


def test_what_was_measured_after_delivery_does_not_count_whichever_came_first() -> None:
    for waybill, is_late in (("W1", False), ("W2", True)):
        shipment = make_cold(waybill)
        for delivered in (is_late, not is_late):
            if delivered:
                tell(waybill, status="delivered")  # at one o'clock
            else:
                tell(waybill, (30, "3"), (60, "4"), (61, "9"))

        log = log_of(shipment)
        shipment.refresh_from_db()
        assert (log.verdict, log.readings, shipment.out_of_range_at) == ("kept", 2, None)


def test_end_that_is_told_late_takes_the_alarm_back_and_it_is_raised_once_only() -> None:
    shipment = make_cold()

    tell("W1", (61, "9"))
    tell("W1", status="delivered")
    taken_back = log_of(shipment).verdict
    later = CarrierEvent("back", NOW + timedelta(hours=2), "returning")
    register_report(Report("W1", events=[later]), received_at=LATER, now=LATER)
    fold_logs(LATER)

    shipment.refresh_from_db()
    assert (taken_back, log_of(shipment).verdict) == ("unknown", "left")
    assert shipment.out_of_range_at == NOW + timedelta(minutes=61)
    assert raised() == [shipment.number]


def test_each_parcel_ends_by_itself() -> None:
    shipment = make_cold(further=["W2"])

    tell("W1", (61, "9"), status="delivered")
    tell("W2", (61, "8"))

    assert [(one.parcel, one.peak) for one in log_of(shipment).stretches] == [("W2", Decimal(8))]
