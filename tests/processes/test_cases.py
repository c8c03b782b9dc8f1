"""The same on PostgreSQL: tests/services/test_race.py."""

from tests.processes.machine import Machine


def test_of_six_officers_at_once_one_decides(machine: Machine) -> None:
    one_decides = {"heard": {"done": 1, "decided_already": 5}, "kept": 1}

    assert machine.do("officers", repeats=3) == {"vendor": "sqlite", "rounds": [one_decides] * 3}


def test_an_office_gives_every_number_once_and_leaves_none_out(machine: Machine) -> None:
    in_a_row = {"heard": {"done": 6}, "given": [f"0000{place}" for place in range(1, 7)]}

    assert machine.do("numbers", repeats=3)["rounds"] == [in_a_row] * 3


def test_a_budget_holds_under_fifty_grants_at_once(machine: Machine) -> None:
    result = machine.do("grants")

    assert result["heard"] == {"done": 20, "budget_spent": 30}
    assert result["granted"] == result["counted"] == "2000.0000"
