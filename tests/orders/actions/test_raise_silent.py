from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from market.common.outbox.models import OutboxEvent
from orders.actions.raise_silent import SILENT_AFTER, raise_silent
from orders.actions.register_tracking import register_report
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import TERMINAL, Parcel, Shipment
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


def test_watching_what_is_well_is_three_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_shipment("WB1")

    with django_assert_num_queries(3):
        raise_silent(NOW)


def in_parcels(*numbers: str) -> Shipment:
    shipment = make_shipment("WB1")
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in numbers])
    return shipment


def hear_of(parcel: str, hours: float, status: str = "in_transit") -> None:
    at = NOW + timedelta(hours=hours)
    event = CarrierEvent(f"{parcel}{hours}", at, status)
    register_report(Report(parcel, events=[event]), received_at=at, now=at)


def silent_parcels() -> list[str]:
    return list(Parcel.objects.filter(silent_since__isnull=False).order_by("pk").values_list("number", flat=True))


def test_one_silent_parcel_beside_a_talking_one_is_raised_once() -> None:
    shipment = in_parcels("A", "B")
    hear_of("A", 70)

    raised = [raise_silent(LATE), raise_silent(LATE + timedelta(minutes=1))]

    assert raised == [1, 0]
    assert silent_parcels() == ["B"]
    assert not silent()
    assert Shipment.objects.get().needs_attention
    assert list(OutboxEvent.objects.filter(topic="shipment.silent").values_list("subject", flat=True)) == [
        shipment.number
    ]


def test_parcel_that_speaks_again_is_taken_back_and_raised_anew_when_it_falls_silent() -> None:
    in_parcels("A", "B")
    hear_of("A", 70)
    raise_silent(LATE)

    hear_of("B", 80)
    raise_silent(NOW + timedelta(hours=81))
    spoken = silent_parcels()
    hear_of("A", 150)
    again = raise_silent(NOW + timedelta(hours=153))

    assert (spoken, again, silent_parcels()) == ([], 1, ["B"])


def test_parcel_that_has_arrived_is_not_waited_for() -> None:
    in_parcels("A", "B")
    hear_of("B", 1, "delivered")
    hear_of("A", 70)

    assert raise_silent(LATE) == 0
    assert silent_parcels() == []


def test_whole_shipment_that_was_raised_does_not_raise_its_parcels_again_when_one_speaks() -> None:
    in_parcels("A", "B")
    first = raise_silent(LATE)

    hear_of("A", 80)
    after = raise_silent(NOW + timedelta(hours=81))
    later = raise_silent(NOW + timedelta(hours=82))

    assert first == 1
    assert silent_parcels() == ["B"]
    assert (after, later) == (1, 0)  # A was taken back
    assert OutboxEvent.objects.filter(topic="shipment.silent").count() == 1


def test_parcel_of_the_only_number_is_the_shipment() -> None:
    in_parcels("A")
    hear_of("A", 1)
    Shipment.objects.update(heard_at=NOW + timedelta(hours=70))  # a message without news

    assert raise_silent(NOW + timedelta(hours=74)) == 0
    assert silent_parcels() == []
