"""Tables of receipts at once on SQLite. The same on PostgreSQL: tests/services/test_race.py."""

from tests.processes.machine import Machine
from tests.processes.receipts import ALL_COUNT


def test_tables_at_once_count_each_receipt_once(machine: Machine) -> None:
    assert machine.do("receipts", repeats=2)["rounds"] == [ALL_COUNT] * 2
