"""The whole way over the REST API, on real processes: granian, Celery, beat, and every server of the right column."""

import pytest

from tests.processes.machine import Machine
from tests.processes.outside import Program, post_report, scan

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("broker")]


def test_whole_way(machine: Machine) -> None:
    shop = machine.do("open_shop")
    machine.start_web()
    machine.start_celery()
    machine.start_beat()
    seller, buyer = Program(machine.address, shop["key"]), Program(machine.address)

    # A firm's program lists a product; buyers find it in three languages.
    made = seller.list_product("wholeway", on_hand=0)
    machine.do("harvest", variant=made["variants"][0]["id"], quantity=10)
    machine.wait_for("the product", lambda: buyer.found("wholeway"))
    for words in ("灰枣", "jujubes", "huizao"):
        assert buyer.found(words) == [made["id"]], words

    # More than there is is refused with the numbers; four boxes are ordered and paid.
    variant = made["variants"][0]["id"]
    refused = buyer.order(variant, 11, status=409)
    assert refused["error"]["details"]["lines"][0]["left"] == "10"
    placed = buyer.order(variant, 4)
    assert (placed["total"], placed["currency"]) == ("600", "CNY")
    assert buyer.show(placed)["payment"] == "unpaid"
    buyer.pay(placed)
    assert buyer.show(placed)["payment"] == "paid"

    # The seller ships; the carrier reports twice, late and in the wrong order.
    (order,) = seller.call("GET", "/seller/orders")["items"]
    shipment = {"carrier": "c", "waybill": "WB1"}
    seller.call("POST", f"/seller/orders/{order['number']}/shipments", shipment, status=201)
    delivered, picked = scan("e2", "delivered", hours_ago=1), scan("e1", "picked_up")
    assert post_report(machine.address, shop, "m2", "WB1", delivered) == 202
    assert post_report(machine.address, shop, "m1", "WB1", picked) == 202
    assert post_report(machine.address, shop, "m2", "WB1", delivered) == 202
    forged = dict(shop, signing="whsec_" + "A" * 44)
    assert post_report(machine.address, forged, "m3", "WB1", scan("e3", "returned")) == 401
    machine.wait_for("both scans", lambda: len(buyer.show(placed)["seller_orders"][0]["journey"][0]["events"]) == 2)
    assert buyer.show(placed)["seller_orders"][0]["journey"][0]["status"] == "delivered"

    # The buyer accepts; the order is completed and its books stand.
    buyer.accept(placed, order["number"])
    assert buyer.show(placed)["seller_orders"][0]["state"] == "completed"
    machine.wait_for("an empty outbox", lambda: machine.do("books")["open_events"] == 0)
    books = machine.do("books")
    assert books["inbox"] == [["m1", "done"], ["m2", "done"]]
    assert [key for key in books["ledger"] if key.startswith("sale:")] == [f"sale:{order['number']}"]
    assert (books["oversold"], books["dead_events"]) == ([], 0)
    machine.manage("check_ledger")
