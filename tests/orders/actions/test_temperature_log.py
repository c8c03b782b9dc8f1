"""Readings of carriers become a shipment's log; leaving the range is raised once."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.common.clock import read_clock
from market.common.errors import InvalidInput
from market.common.outbox.models import OutboxEvent
from orders.actions.fold_logs import fold_logs
from orders.actions.register_tracking import register_report
from orders.actions.ship_order import ship_order
from orders.inbox.actions import create_endpoint, replay_event
from orders.inbox.models import InboxEvent
from orders.inbox.tasks import process_inbox
from orders.shipments import keep_log
from orders.shipments.carriers.base import CarrierEvent, Reading, Report
from orders.shipments.errors import LogFullError
from orders.shipments.keep_log import agree_limits
from orders.shipments.models import Shipment, TemperatureLog, TemperatureReading
from orders.shipments.temperature import Limits
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_paid_order, post, signed

pytestmark = pytest.mark.django_db
COLD = Limits(0, 4)
LATER = NOW + timedelta(hours=20)


def make_cold(waybill: str = "W1", limits: Limits = COLD, further: Sequence[str] = ()) -> Shipment:
    return ship_order(
        make_paid_order(),
        [],
        carrier="test",
        waybill=waybill,
        further=further,
        temperatures=limits,
        by=None,
        now=NOW,
    )


def tell(waybill: str, *readings: tuple[int, str], sensor: str = "", at: datetime = LATER, status: str = "") -> None:
    """Minutes after NOW and degrees."""
    found = [Reading(NOW + timedelta(minutes=minutes), Decimal(celsius), sensor) for minutes, celsius in readings]
    events = [CarrierEvent(f"{status}{waybill}", NOW + timedelta(hours=1), status)] if status else []
    try:
        register_report(Report(waybill, events=events, readings=found), received_at=at, now=at, source="standard")
    finally:
        fold_logs(at)


def log_of(shipment: Shipment) -> TemperatureLog:
    return TemperatureLog.objects.get(shipment=shipment)


def raised() -> list[str]:
    return list(OutboxEvent.objects.filter(topic="shipment.out_of_range").values_list("subject", flat=True))


def test_range_kept_is_said_and_nothing_raised() -> None:
    shipment = make_cold()

    tell("W1", (0, "2"), (10, "4"))

    log = log_of(shipment)
    assert (log.verdict, log.readings, log.lowest, log.highest) == ("kept", 2, Decimal(2), Decimal(4))
    shipment.refresh_from_db()
    assert (shipment.out_of_range_at, shipment.needs_attention, raised()) == (None, False, [])
    assert shipment.heard_at == LATER


def test_excursion_is_raised_once_and_an_earlier_one_told_late_moves_its_time() -> None:
    shipment = make_cold()

    tell("W1", (60, "7"))
    tell("W1", (70, "8"))
    tell("W1", (10, "5"), (20, "2"))

    log = log_of(shipment)
    assert (log.verdict, log.excursion_count) == ("left", 2)
    assert [(one.begins, one.ends, one.peak) for one in log.stretches] == [
        (NOW + timedelta(minutes=10), NOW + timedelta(minutes=10), Decimal(5)),
        (NOW + timedelta(minutes=60), NOW + timedelta(minutes=70), Decimal(8)),
    ]
    shipment.refresh_from_db()
    assert shipment.out_of_range_at == NOW + timedelta(minutes=10)
    assert shipment.needs_attention
    assert raised() == [shipment.number]


def test_every_order_and_repetition_of_messages_gives_the_same_log() -> None:
    messages = [((0, "2"), (10, "9")), ((10, "9"), (20, "-3")), ((15, "1"),)]
    logs = []
    for number, order in enumerate(permutations(messages)):
        shipment = make_cold(f"W{number}")
        for message in [*order, order[0]]:
            tell(f"W{number}", *message)
        log = log_of(shipment)
        logs.append((log.readings, log.lowest, log.highest, log.excursions, log.spans))

    assert all(log == logs[0] for log in logs)
    assert logs[0][0] == 4


def test_without_a_range_the_log_shows_and_nothing_is_claimed() -> None:
    shipment = make_cold(limits=Limits())

    tell("W1", (0, "40"))

    log = log_of(shipment)
    assert (log.verdict, log.readings, log.excursions) == ("unknown", 1, [])
    assert not Shipment.objects.get().needs_attention
    assert raised() == []


def test_range_without_a_reading_is_not_known_to_be_kept() -> None:
    assert log_of(make_cold()).verdict == "unknown"


def test_shipment_without_range_or_readings_has_no_log() -> None:
    make_cold(limits=Limits())

    tell("W1", status="picked_up")

    assert not TemperatureLog.objects.exists()


def test_range_agreed_after_the_readings_judges_them_and_then_stays() -> None:
    shipment = make_cold(limits=Limits())
    tell("W1", (0, "9"))

    first, second = (agree_limits(shipment, limits, now=LATER) for limits in (COLD, Limits(0, 20)))
    fold_logs(LATER)

    assert (first, second) == (True, False)
    log = log_of(shipment)
    assert (log.limits, log.verdict) == (COLD, "left")
    assert raised() == [shipment.number]


def test_range_that_cannot_be_is_refused_and_nothing_ships() -> None:
    with pytest.raises(InvalidInput) as refused:
        make_cold(limits=Limits(5, 4))

    assert list(refused.value.details["fields"]) == ["temperature_to"]
    assert not Shipment.objects.exists()


def test_status_and_readings_of_one_message_both_count() -> None:
    make_cold()

    tell("W1", (0, "3"), status="picked_up")

    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.temperature.readings) == ("picked_up", 1)


def test_parcels_of_a_shipment_each_have_their_own_stretch() -> None:
    shipment = make_cold(further=["W2"])

    tell("W1", (0, "9"))
    tell("W2", (5, "9"))

    assert [one.parcel for one in log_of(shipment).stretches] == ["W1", "W2"]


def test_reading_told_before_its_time_counts_when_told_again_after_it() -> None:
    shipment = make_cold()
    minutes = 30 * 60

    tell("W1", (minutes, "9"), at=NOW)
    before = log_of(shipment).readings
    for _ in range(2):
        tell("W1", (minutes, "9"), at=NOW + timedelta(hours=31))
    tell("W1", (minutes, "9"), at=NOW)

    assert (before, log_of(shipment).readings, TemperatureReading.objects.count()) == (0, 1, 1)
    assert log_of(shipment).verdict == "left"


def test_full_log_takes_no_reading_more_and_loses_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = make_cold()
    monkeypatch.setattr(keep_log, "MOST_READINGS", 3)
    tell("W1", (0, "2"), (1, "2"))

    with pytest.raises(LogFullError):
        tell("W1", (2, "9"), (3, "9"), status="delivered")
    tell("W1", (1, "2"), (2, "3"))

    log = log_of(shipment)
    assert (log.readings, log.verdict) == (3, "kept")
    assert Shipment.objects.get().status == "delivered"


def test_message_that_fills_the_log_is_parked_and_its_replay_harmless(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cold()
    monkeypatch.setattr(keep_log, "MOST_READINGS", 1)
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    readings = [{"at": "2026-11-02T08:00:00Z", "celsius": celsius} for celsius in (2, 3)]
    event = {"id": "1", "occurred_at": "2026-11-02T08:00:00Z", "status": "picked_up", "readings": readings}
    body = json.dumps({"type": "shipment.updated", "data": {"tracking_number": "W1", "events": [event]}}).encode()

    answer = post(client, endpoint, body, signed(secret, body))
    process_inbox(read_clock())

    parked = InboxEvent.objects.get()
    assert (answer, parked.state) == (202, "parked")
    assert "is full" in parked.error
    assert Shipment.objects.get().status == "picked_up"
    monkeypatch.setattr(keep_log, "MOST_READINGS", 10)
    replay_event(parked, now=read_clock())
    process_inbox(read_clock())
    assert InboxEvent.objects.get().state == "done"
    assert TemperatureReading.objects.count() == 2


def test_absurd_reading_parks_the_message_and_stores_nothing_of_it(client: Client) -> None:
    make_cold()
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    event = '{"id":"1","occurred_at":"2026-11-02T08:00:00Z","readings":[{"at":"2026-11-02T08:00:00Z","celsius":NaN}]}'
    body = f'{{"type":"shipment.updated","data":{{"tracking_number":"W1","events":[{event}]}}}}'.encode()

    answer = post(client, endpoint, body, signed(secret, body))
    process_inbox(read_clock())

    assert (answer, InboxEvent.objects.get().state) == (202, "parked")
    assert not TemperatureReading.objects.exists()


def test_excursions_kept_are_bounded_and_counted_all() -> None:
    shipment = make_cold()

    tell("W1", *((minute, "9" if minute % 2 else "2") for minute in range(140)))

    log = log_of(shipment)
    assert (log.excursion_count, len(log.excursions), len(log.spans)) == (70, 50, 24)


def test_readings_cost_few_statements_and_a_report_without_them_none() -> None:
    make_cold()
    tell("W1", status="picked_up")

    with CaptureQueriesContext(connection) as without:
        tell("W1", status="picked_up")
    with CaptureQueriesContext(connection) as with_many:
        tell("W1", *((minute, "2") for minute in range(400)), status="picked_up")

    told = [query["sql"] for query in without if "temperaturereading" in query["sql"]]
    assert told == []
    assert len(with_many) <= len(without) + 16


def test_what_a_message_reads_does_not_grow_with_the_log_and_what_is_known_folds_nothing() -> None:
    make_cold()
    tell("W1", *((minute, "2") for minute in range(600)))
    log = TemperatureLog.objects.get()

    with CaptureQueriesContext(connection) as again:
        register_report(
            Report("W1", readings=[Reading(NOW, Decimal(2))]), received_at=LATER, now=LATER, source="standard"
        )

    assert fold_logs(LATER) == 0
    assert log.readings == 600
    (read,) = [query["sql"] for query in again if 'FROM "shipments_temperaturereading"' in query["sql"]]
    assert " IN (" in read


def test_logs_are_folded_once_for_many_messages() -> None:
    shipments = [make_cold(f"W{number}") for number in range(3)]
    for _ in range(2):
        for shipment in shipments:
            reading = Reading(NOW, Decimal(9))
            register_report(Report(shipment.waybill, readings=[reading]), received_at=LATER, now=LATER)

    assert [fold_logs(LATER), fold_logs(LATER)] == [3, 0]
    assert sorted(raised()) == sorted(shipment.number for shipment in shipments)
