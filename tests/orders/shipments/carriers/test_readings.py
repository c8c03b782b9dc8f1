"""Temperatures in the native format."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.shipments.carriers import standard
from orders.shipments.carriers.base import Reading, Report, UnreadableError
from orders.shipments.carriers.readings import MOST

AT = "2026-11-26T08:00:00+08:00"
UTC_AT = datetime(2026, 11, 26, tzinfo=UTC)


def parse(**data: Any) -> Report:
    body = {"type": "shipment.updated", "data": {"tracking_number": "W1", **data}}
    return standard.parse(json.dumps(body).encode()).reports[0]


def parse_one(celsius: str) -> list[Decimal]:
    """`celsius` as it stands in the JSON."""
    row = f'{{"at":"{AT}","celsius":{celsius}}}'
    body = f'{{"type":"shipment.updated","data":{{"tracking_number":"W1","readings":[{row}]}}}}'
    return [reading.celsius for reading in standard.parse(body.encode()).reports[0].readings]


def test_readings_beside_the_events_and_in_them() -> None:
    found = parse(
        sensor="truck",
        readings=[{"at": AT, "celsius": 3.5}, {"at": AT, "celsius": 4, "sensor": "rear"}],
        events=[
            {
                "id": "1",
                "occurred_at": AT,
                "status": "picked_up",
                "sensor": "box 7",
                "readings": [{"at": AT, "celsius": -1}],
            }
        ],
    )

    assert found.readings == [
        Reading(UTC_AT, Decimal("3.50"), "truck"),
        Reading(UTC_AT, Decimal("4.00"), "rear"),
        Reading(UTC_AT, Decimal("-1.00"), "box 7"),
    ]
    assert [event.status for event in found.events] == ["picked_up"]


def test_event_with_nothing_but_readings_is_no_step_of_the_journey() -> None:
    row = {"id": "1", "occurred_at": AT, "readings": [{"at": AT, "celsius": 3}]}

    found = parse(events=[row, row | {"id": "2", "text": "hot"}])

    assert [event.key for event in found.events] == ["2"]
    assert len(found.readings) == 2


@pytest.mark.parametrize(
    ("written", "read"),
    [("4", "4"), ("4.126", "4.13"), ("-0.0", "0"), ("-0.001", "0"), ("1e1", "10"), ("4.800000001", "4.8")],
)
def test_numbers_are_read_to_the_hundredth(written: str, read: str) -> None:
    (found,) = parse_one(written)

    assert str(found) == str(Decimal(read).quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    "written",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e9",
        "1e999",
        "-273.16",
        "-200.5",
        "200.01",
        "1" + "0" * 400,
        "true",
        "null",
        '"4.5"',
        "[4]",
        "{}",
    ],
)
def test_absurd_value_makes_the_message_unreadable(written: str) -> None:
    with pytest.raises(UnreadableError, match="celsius"):
        parse_one(written)


@pytest.mark.parametrize(
    "readings",
    [
        "warm",
        {"at": AT, "celsius": 3},
        [3.5],
        [{"celsius": 3}],
        [{"at": "noon", "celsius": 3}],
        [{"at": 5, "celsius": 3}],
        [{"at": "0001-01-01T00:00:00+14:00", "celsius": 3}],
        [{"at": AT}],
        [[AT, 3]],
    ],
)
def test_readings_of_another_shape_make_the_message_unreadable(readings: Any) -> None:
    with pytest.raises(UnreadableError):
        parse(readings=readings)
    with pytest.raises(UnreadableError):
        parse(events=[{"id": "1", "occurred_at": AT, "readings": readings}])


def test_more_readings_than_a_message_may_hold_are_refused() -> None:
    many = [{"at": AT, "celsius": 3}] * MOST

    assert len(parse(readings=many).readings) == MOST
    with pytest.raises(UnreadableError, match="more than 1000"):
        parse(readings=many, events=[{"id": "1", "occurred_at": AT, "readings": many[:1]}])


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "celsius", "sensor"]), inner),
    max_leaves=8,
)


@given(values)
def test_whatever_stands_there_nothing_but_unreadable_is_raised(readings: Any) -> None:
    try:
        found = parse(readings=readings, sensor=readings)
    except UnreadableError:
        return
    assert all(-200 <= reading.celsius <= 200 and len(reading.sensor) <= 40 for reading in found.readings)
