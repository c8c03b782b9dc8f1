"""Ten answers to one pickup job at once, SQLite in a file. The same on PostgreSQL: tests/services/test_race.py."""

from tests.processes.machine import Machine

ONE_COUNTS = {"heard": {"counted": 1, "refused": 9}, "moves": 2}


def test_of_ten_answers_at_once_one_counts_in_each_of_five_races(machine: Machine) -> None:
    assert machine.do("answers", repeats=5) == {"vendor": "sqlite", "rounds": [ONE_COUNTS] * 5}


def test_without_the_condition_several_count(machine: Machine) -> None:
    (race,) = machine.do("answers", repeats=1, guarded=False)["rounds"]

    assert race["heard"]["counted"] > 1
