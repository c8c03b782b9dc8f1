"""The range of an accepted pickup job holds for the shipments of its orders."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.fold_logs import fold_logs
from orders.actions.register_tracking import register_report
from orders.actions.ship_order import ship_order
from orders.orders.models import SellerOrder
from orders.pickups.actions.answer_pickup import accept_pickup
from orders.pickups.actions.decide_pickup import withdraw_pickup
from orders.shipments.carriers.base import Reading, Report
from orders.shipments.models import Shipment, TemperatureLog
from orders.shipments.temperature import Limits
from tests.builders import NOW, make_user
from tests.orders.inbox.test_receive import make_paid_order
from tests.orders.pickups.scenes import make_accepted, make_job

pytestmark = pytest.mark.django_db
FROZEN: dict[str, Any] = {"temperature_from": -25, "temperature_to": -18}


def ship(order: SellerOrder, waybill: str = "W1", limits: Limits = Limits()) -> Shipment:  # noqa: B008 - frozen
    return ship_order(order, [], carrier="test", waybill=waybill, temperatures=limits, by=None, now=NOW)


def agreed(shipment: Shipment) -> Limits:
    while drain_outbox(NOW + timedelta(minutes=1)):
        pass
    fold_logs(NOW)
    log = TemperatureLog.objects.filter(shipment=shipment).first()
    return log.limits if log else Limits()


def test_job_accepted_before_shipping() -> None:
    order = make_paid_order()
    make_accepted(order, **FROZEN)

    assert agreed(ship(order)) == Limits(-25, -18)


def test_job_accepted_after_shipping_judges_what_was_measured() -> None:
    order = make_paid_order()
    job = make_job(order, **FROZEN)
    shipment = ship(order)
    before = agreed(shipment)
    register_report(Report("W1", readings=[Reading(NOW, Decimal(-5))]), received_at=NOW, now=NOW)

    accept_pickup(job, vehicle="A1", driver="Zhao", now=NOW)

    assert (before, agreed(shipment)) == (Limits(), Limits(-25, -18))
    assert TemperatureLog.objects.get().verdict == "left"
    assert OutboxEvent.objects.filter(topic="shipment.out_of_range").count() == 1


def test_range_the_seller_gave_when_shipping_goes_before() -> None:
    order = make_paid_order()
    make_accepted(order, **FROZEN)

    assert agreed(ship(order, limits=Limits(None, -15))) == Limits(None, -15)


def test_job_nobody_accepted_or_that_was_withdrawn_agrees_nothing() -> None:
    asked, withdrawn = make_paid_order(), make_paid_order()
    make_job(asked, **FROZEN)
    withdraw_pickup(make_accepted(withdrawn, **FROZEN), by=make_user(), now=NOW)

    assert agreed(ship(asked)) == Limits()
    assert agreed(ship(withdrawn, "W2")) == Limits()


def test_job_without_a_range_and_another_order_change_nothing() -> None:
    order, other = make_paid_order(), make_paid_order()
    make_accepted(other, **FROZEN)
    make_accepted(order)

    assert agreed(ship(order)) == Limits()
    assert not TemperatureLog.objects.exists()
