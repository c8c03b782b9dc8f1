"""Tables handed in at once, SQLite in a file. The same on PostgreSQL: tests/services/test_race.py."""

from tests.processes.machine import Machine

ONE_RUNS_ONCE = {
    "pressed": {"done": 3, "another_import_is_running": 3},
    "worked": {"done": 6},
    "packings": 40,
    "products": 40,
    "jobs": {"done 40 0 0": 1, "checked 40 0 0": 1},
}


def test_of_two_tables_one_runs_and_six_workers_write_each_row_once(machine: Machine) -> None:
    assert machine.do("tables", repeats=1) == {"vendor": "sqlite", "rounds": [ONE_RUNS_ONCE]}
