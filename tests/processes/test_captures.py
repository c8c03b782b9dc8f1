"""The same on PostgreSQL: tests/services/test_race.py."""

from tests.processes.captures import OTHERS, SAME
from tests.processes.machine import Machine

ONE_CHAIN = {"heard": {"done": SAME + OTHERS}, "events": 1 + OTHERS, "edges": 2 * (1 + OTHERS), "whole": True}


def test_documents_captured_at_once_make_one_chain(machine: Machine) -> None:
    assert machine.do("captures") == {"vendor": "sqlite", "rounds": [ONE_CHAIN] * 2}
