"""kill -9 on PostgreSQL, Celery and the search server. The same embedded: tests/processes/test_kills.py."""

import pytest

from tests.processes.kills import (
    AFTERWARDS,
    kill_both_under_load,
    kill_web_before_indexing,
    kill_worker_before_the_stamp,
    kill_worker_in_a_webhook,
)
from tests.processes.machine import Machine

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("broker")]


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_celery_killed_in_a_webhook_loses_nothing_and_does_nothing_twice(machine: Machine, moment: str) -> None:
    machine.start_beat()

    books = kill_worker_in_a_webhook(machine, machine.start_celery, "celery", moment)

    assert {name: books[name] for name in AFTERWARDS} == AFTERWARDS


def test_web_killed_between_commit_and_index_the_product_is_found_once(machine: Machine) -> None:
    machine.start_beat()

    kill_web_before_indexing(machine, machine.start_celery)


def test_celery_killed_between_index_and_stamp_the_product_is_found_once(machine: Machine) -> None:
    machine.start_beat()

    kill_worker_before_the_stamp(machine, machine.start_celery, "celery")


def test_web_and_celery_killed_in_turn_under_load_lose_nothing_and_do_nothing_twice(machine: Machine) -> None:
    machine.start_beat()

    kill_both_under_load(machine, machine.start_celery, "celery", messages=240, rounds=3)
