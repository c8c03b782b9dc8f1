"""Ten reviews at once, SQLite in a file. The same on PostgreSQL, and without the lock: tests/services/test_race.py."""

from tests.processes.machine import Machine

ALL_COUNT = {"heard": {"done": 10}, "written": 10, "counted": 10}
ONE_COUNTS = {"heard": {"done": 1, "reviewed_already": 9}, "written": 1, "counted": 1}


def test_ten_reviews_of_one_product_at_once_all_count(machine: Machine) -> None:
    assert machine.do("opinions", repeats=3) == {"vendor": "sqlite", "rounds": [ALL_COUNT] * 3}


def test_of_ten_reviews_of_one_order_at_once_one_is_written(machine: Machine) -> None:
    assert machine.do("opinions", repeats=3, same_order=True)["rounds"] == [ONE_COUNTS] * 3
