"""Claims of one order at once, SQLite in a file. On PostgreSQL, and without the lock: tests/services/test_race.py."""

from tests.processes.machine import Machine

ONE_IS_FILED = {"heard": {"done": 1, "claim_open": 9}, "written": 1}
ONE_ENDS_IT = {"done": 1, "is_true": True}


def test_of_ten_claims_of_one_order_at_once_one_is_filed(machine: Machine) -> None:
    assert machine.do("claims", repeats=2) == {"vendor": "sqlite", "rounds": [ONE_IS_FILED] * 2}


def test_of_ten_who_end_a_claim_at_once_one_does(machine: Machine) -> None:
    assert machine.do("claims", ends=True, repeats=2)["rounds"] == [ONE_ENDS_IT] * 2
