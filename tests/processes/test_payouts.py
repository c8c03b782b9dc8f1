"""Pay runs at once, SQLite in a file. On PostgreSQL, and without the guards: tests/services/test_race.py."""

from tests.processes.machine import Machine

PAID_ONCE = {"heard": {"done": 1, "nobody_to_pay": 3}, "payouts": 1, "left": "0", "wrong": False}


def test_of_four_pay_runs_at_once_one_pays(machine: Machine) -> None:
    assert machine.do("pay_runs", repeats=2) == {"vendor": "sqlite", "rounds": [PAID_ONCE] * 2}
