"""The same on PostgreSQL: tests/services/test_race.py."""

from tests.processes.captures import OTHERS, SAME
from tests.processes.machine import Machine

ONE_CHAIN = {"heard": {"done": SAME + OTHERS}, "events": 1 + OTHERS, "edges": 2 * (1 + OTHERS), "whole": True}


def test_documents_captured_at_once_make_one_chain(machine: Machine) -> None:
    assert machine.do("captures") == {"vendor": "sqlite", "rounds": [ONE_CHAIN] * 2}


def test_nothing_made_of_a_lot_while_it_is_recalled_is_missed(machine: Machine) -> None:
    assert machine.do("blends")["rounds"] == [{"missed": 0, "whole": True}] * 2
