"""Short messages sent by several workers at once, SQLite in a file. On PostgreSQL: tests/services/test_race.py."""

from tests.processes.machine import Machine

EACH_ONCE = {"heard": {"done": 4}, "sent": 60, "most": 1}


def test_four_workers_at_once_send_each_message_once(machine: Machine) -> None:
    assert machine.do("texts", repeats=2) == {"vendor": "sqlite", "rounds": [EACH_ONCE] * 2}
