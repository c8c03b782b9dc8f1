"""Background work on Celery: woken after each commit, repaired by beat, and nothing lost while the broker is away."""

import pytest

from tests.processes.machine import Machine, free_port
from tests.processes.outside import Program
from tests.services.conftest import MakeMachine, redis_broker

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("broker")]


@pytest.mark.parametrize("broker", ["rabbitmq", "redis"])
def test_event_is_drained_by_its_wake_without_beat(make_machine: MakeMachine, broker: str) -> None:
    machine = make_machine(**(redis_broker(place=3) if broker == "redis" else {}))
    shop = machine.do("open_shop")
    machine.start_web()
    machine.start_celery()
    machine.wait_for("an empty outbox", lambda: machine.do("books")["open_events"] == 0 or None)

    made = Program(machine.address, shop["key"]).list_product("awake")

    found = machine.wait_for("the product", lambda: Program(machine.address).found("awake"))
    assert found == [made["id"]]


def test_broker_away_the_request_succeeds_and_beat_catches_up(make_machine: MakeMachine) -> None:
    machine = make_machine()
    shop = machine.do("open_shop")
    nobody = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    machine.start_web(CELERY_BROKER_URL=nobody)

    made = Program(machine.address, shop["key"]).list_product("unheard")
    assert machine.do("books")["open_events"] > 0
    machine.start_celery()
    machine.start_beat()

    found = machine.wait_for("the product", lambda: Program(machine.address).found("unheard"))
    assert found == [made["id"]]


def test_two_workers_at_once_do_each_event_once(machine: Machine) -> None:
    shop = machine.do("open_shop", goods=40)
    machine.start_web()
    machine.start_celery()
    machine.start_worker()

    machine.wait_for("an empty outbox", lambda: machine.do("books")["open_events"] == 0)

    page = Program(machine.address, shop["key"]).call("GET", "/products?page_size=100")
    assert len({item["id"] for item in page["items"]}) == len(page["items"]) == 40
    assert machine.do("books")["dead_events"] == 0
