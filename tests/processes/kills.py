"""Deaths that a machine must survive; played on SQLite here and on PostgreSQL with Celery in tests/services."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.processes.machine import Machine
from tests.processes.outside import Program, post_report, scan

DYING = "tests.processes.settings_dying"
Start = Callable[..., None]


def kill_worker_in_a_webhook(machine: Machine, start: Start, name: str, moment: str) -> dict[str, Any]:
    """A carrier's message is stored and acknowledged; the worker dies `before` it, `inside` its transaction or `after`
    that; another one comes. Returns the books."""
    shop = machine.do("open_shop", goods=1)
    machine.start_web()
    seller = Program(machine.address, shop["key"])
    placed = seller.order(shop["variants"][0])
    seller.pay(placed)
    order = placed["seller_orders"][0]
    seller.call("POST", f"/seller/orders/{order}/shipments", {"carrier": "c", "waybill": "WB1"}, status=201)
    start(DJANGO_SETTINGS_MODULE=DYING, DIE=moment)
    event = scan("e1", "in_transit")

    assert post_report(machine.address, shop, "m1", "WB1", event) == 202
    machine.wait_for("the moment to kill", lambda: machine.has_reached(moment))
    machine.kill(name)
    books = machine.do("books")
    assert books["inbox"] == [["m1", "done" if moment == "after" else "open"]]
    assert len(books["tracking"]) == (moment == "after")
    assert post_report(machine.address, shop, "m1", "WB1", event) == 202  # the carrier repeats itself meanwhile
    machine.do("leases_run_out")
    start()
    return machine.wait_for("the message to be worked on", lambda: _done(machine))


def kill_both_under_load(machine: Machine, start: Start, name: str, *, messages: int, rounds: int) -> None:
    """Carriers post all the time and repeat what was not acknowledged; web and worker die in turn and come back. Every
    message is there once and has done its work once."""
    shop = machine.do("open_shop", goods=1)
    machine.start_web()
    seller = Program(machine.address, shop["key"])
    waybills = [f"WB{number}" for number in range(4)]
    for waybill in waybills:
        placed = seller.order(shop["variants"][0])
        seller.pay(placed)
        order = placed["seller_orders"][0]
        seller.call("POST", f"/seller/orders/{order}/shipments", {"carrier": "c", "waybill": waybill}, status=201)
    start()
    acknowledged = threading.Semaphore(0)

    def post(number: int) -> None:
        event = scan(f"e{number:03}", "in_transit")
        while not _is_taken(machine, shop, f"m{number:03}", waybills[number % len(waybills)], event):
            time.sleep(0.1)
        acknowledged.release()

    with ThreadPoolExecutor(4) as carriers:
        posting = [carriers.submit(post, number) for number in range(messages)]
        for victim in ("web", name) * rounds:
            for _ in range(messages // (2 * rounds + 1)):
                acknowledged.acquire()
            machine.kill(victim)
            if victim == "web":
                machine.start_web()
            else:
                machine.do("leases_run_out")
                start()
        for one in posting:
            one.result()

    books = machine.wait_for("all messages to be worked on", lambda: _done(machine))
    assert books["inbox"] == [[f"m{number:03}", "done"] for number in range(messages)]
    assert books["tracking"] == [[f"e{number:03}-in_transit", "in_transit"] for number in range(messages)]
    assert books["shipments"] == [[waybill, "in_transit"] for waybill in waybills]


def _is_taken(machine: Machine, shop: dict[str, Any], *message: Any) -> bool:
    try:
        return post_report(machine.address, shop, *message) == 202
    except requests.RequestException:  # dead at this moment, perhaps after it had stored the message
        return False


def _done(machine: Machine) -> dict[str, Any] | None:
    books: dict[str, Any] = machine.do("books")
    return books if all(state == "done" for _key, state in books["inbox"]) else None


AFTERWARDS = {
    "inbox": [["m1", "done"]],
    "tracking": [["e1-in_transit", "in_transit"]],
    "shipments": [["WB1", "in_transit"]],
}


def kill_web_before_indexing(machine: Machine, start: Start) -> None:
    """The web process dies right after its 201: the product is in the database and not yet in the index."""
    shop = machine.do("open_shop")
    machine.start_web()
    made = Program(machine.address, shop["key"]).list_product("powercut")
    machine.kill("web")
    assert machine.do("books")["open_events"] > 0

    start()
    machine.start_web()

    found = machine.wait_for("the product", lambda: Program(machine.address).found("powercut"))
    assert found == [made["id"]]


def kill_worker_before_the_stamp(machine: Machine, start: Start, name: str) -> None:
    """The worker dies when a product is indexed and its event not yet stamped: the next one indexes it again."""
    shop = machine.do("open_shop")
    machine.start_web()
    start(DJANGO_SETTINGS_MODULE=DYING, DIE="indexed")
    made = Program(machine.address, shop["key"]).list_product("powercut")
    machine.wait_for("the moment to kill", lambda: machine.has_reached("indexed"))
    machine.kill(name)
    machine.do("leases_run_out")

    start()

    machine.wait_for("an empty outbox", lambda: machine.do("books")["open_events"] == 0)
    assert Program(machine.address).found("powercut") == [made["id"]]
