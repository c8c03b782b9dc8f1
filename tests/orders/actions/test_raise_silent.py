from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from market.common.outbox.models import OutboxEvent
from orders.actions.raise_silent import SILENT_AFTER, raise_silent
from orders.actions.register_tracking import register_report
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import TERMINAL, Shipment
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
LATE = NOW + SILENT_AFTER + timedelta(seconds=1)


def hear(at: datetime, status: str = "in_transit") -> None:
    event = CarrierEvent(f"e{at.timestamp()}", at, status)
    register_report(Report("WB1", events=[event]), received_at=at, now=at)


def silent() -> bool:
    return Shipment.objects.get().silent_since is not None


def test_shipment_never_heard_of_is_raised_once() -> None:
    shipment = make_shipment("WB1")

    early = raise_silent(NOW + SILENT_AFTER)
    first, second = raise_silent(LATE), raise_silent(LATE)

    assert (early, first, second) == (0, 1, 0)
    assert silent()
    assert Shipment.objects.get().needs_attention
    assert list(OutboxEvent.objects.filter(topic="shipment.silent").values_list("subject", flat=True)) == [
        shipment.number
    ]


def test_news_restarts_the_clock_and_takes_the_alarm_back() -> None:
    make_shipment("WB1")
    raise_silent(LATE)

    hear(LATE + timedelta(hours=1))
    after_news = silent()
    again = [raise_silent(LATE + timedelta(hours=1) + SILENT_AFTER + timedelta(seconds=s)) for s in (0, 1)]

    assert not after_news
    assert again == [0, 1]


def test_news_received_before_the_last_ones_takes_nothing_back() -> None:
    make_shipment("WB1")
    hear(NOW + timedelta(hours=2))
    raise_silent(LATE + timedelta(hours=2))

    hear(NOW + timedelta(hours=1))  # an old message, worked on late

    assert silent()


@pytest.mark.parametrize("status", TERMINAL)
def test_journey_that_is_over_is_left_alone(status: str) -> None:
    make_shipment("WB1")
    Shipment.objects.update(status=status)

    assert raise_silent(NOW + timedelta(days=60)) == 0
    assert not silent()


def test_watching_what_is_well_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_shipment("WB1")

    with django_assert_num_queries(1):
        raise_silent(NOW)
