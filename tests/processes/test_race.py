"""50 buyers, 20 units, SQLite in a file. The same on PostgreSQL: tests/services/test_race.py."""

from typing import Any

import pytest

from tests.processes.machine import Machine

EXACTLY_TWENTY = {"outcomes": {"bought": 20, "sold out": 30}, "reserved": 20, "promised": 20}


def test_last_units_exactly_twenty_are_sold_in_each_of_twenty_races(machine: Machine) -> None:
    result = machine.do("race", repeats=20)

    assert result == {"vendor": "sqlite", "rounds": [EXACTLY_TWENTY] * 20}


def test_last_units_without_any_guard_are_sold_to_everybody(machine: Machine) -> None:
    result = machine.do("race", repeats=1, off=["lock", "condition", "check"], by="reservation")

    assert result["rounds"] == [{"outcomes": {"bought": 50}, "reserved": 50, "promised": 50}]


@pytest.mark.parametrize(
    ("off", "refused_by"), [(["lock", "check"], "sold out"), (["lock", "condition"], "IntegrityError")]
)
def test_last_units_each_guard_holds_alone(machine: Machine, off: list[str], refused_by: str) -> None:
    result: dict[str, Any] = machine.do("race", repeats=3, off=off, by="reservation")

    for race in result["rounds"]:
        assert race == {"outcomes": {"bought": 20, refused_by: 30}, "reserved": 20, "promised": 20}
