"""Decisions at once, SQLite in a file. On PostgreSQL: tests/services/test_race.py."""

from tests.processes.machine import Machine

BOOKED_ONCE = {"heard": {"done": 3, "conflict": 3}, "refunds": 1, "refunded": "1E+2", "wrong": False}


def test_of_four_officers_at_once_one_decides(machine: Machine) -> None:
    assert machine.do("reversals", repeats=2) == {"vendor": "sqlite", "rounds": [BOOKED_ONCE] * 2}
