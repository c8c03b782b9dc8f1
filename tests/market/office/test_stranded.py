"""Returned and lost shipments whose money is held: officers see those of their subtree."""

import pytest

from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from orders.shipments.models import Shipment
from tests.builders import NOW, make_officer, make_regiment, make_user
from tests.market.office.people import signed_in, statements_of, top_unit
from tests.orders.claims import make_paid, send, tell
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
LIST = "/en/ops/stranded/"


def strand(waybill: str, status: str = "returned") -> Shipment:
    shipment = make_shipment(waybill)
    Shipment.objects.filter(pk=shipment.pk).update(status=status, status_at=NOW)
    return shipment


@pytest.mark.parametrize("status", ["returned", "failed", "cancelled"])
def test_it_is_counted_and_listed_with_the_money_and_a_way_to_the_order(status: str) -> None:
    shipment = strand("W1", status)
    order = shipment.seller_order
    client = signed_in(make_officer(top_unit(), "viewer"))

    page = client.get(LIST).content.decode()

    assert "<strong>1</strong>shipment returned or lost" in client.get("/en/ops/").content.decode()
    assert f'href="/en/ops/orders/{order.number}/"' in page
    assert f"{order.total:.2f}" in page


def test_only_the_own_subtree_and_only_open_orders() -> None:
    mine, foreign = strand("WAYBILL-1"), strand("WAYBILL-2", "failed")
    arrived = make_shipment("WAYBILL-3")
    client = signed_in(make_officer(mine.seller_order.enterprise.unit))

    page = client.get(LIST).content.decode()
    SellerOrder.objects.update(state="completed")

    assert mine.waybill in page
    assert foreign.waybill not in page
    assert arrived.waybill not in page
    assert mine.waybill not in client.get(LIST).content.decode()


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "退回与丢失的货物"), ("ru", "Возвращённые и утерянные")])
def test_it_speaks_the_officers_language(language: str, said: str) -> None:
    strand("W1")

    assert said in signed_in(make_officer(top_unit())).get(f"/{language}/ops/stranded/").content.decode()


def test_list_costs_the_same_for_one_and_for_four() -> None:
    client = signed_in(make_officer(top_unit()))

    def read() -> None:
        assert client.get(LIST).status_code == 200

    strand("W0")
    few = statements_of(read)
    for number in range(1, 4):
        strand(f"W{number}")

    assert statements_of(read) == few


def test_for_everybody_else_it_does_not_exist() -> None:
    strand("W1")

    assert signed_in(make_user()).get(LIST).status_code == 404


def test_reviewer_gives_the_buyer_the_money_back_once() -> None:
    order = make_paid()
    send(order)
    tell("W1", "returned")
    address = f"/en/ops/stranded/{order.number}/"
    client = signed_in(make_officer(order.enterprise.unit))

    assert address in client.get(LIST).content.decode()
    assert "1,000.00" in client.get(address).content.decode()
    assert Refund.objects.count() == 0  # nothing on a GET
    assert client.post(address).status_code == 302
    again = client.post(address)

    assert again.status_code == 409
    assert "already" in again.content.decode()
    assert Refund.objects.get().amount == 1000
    order.refresh_from_db()
    assert order.state == "completed"
    assert "1,000.00" not in client.get(LIST).content.decode()


def test_viewers_and_other_areas_give_nothing_back() -> None:
    order = make_paid()
    send(order)
    tell("W1", "returned")
    address = f"/en/ops/stranded/{order.number}/"
    viewer = signed_in(make_officer(order.enterprise.unit, "viewer"))

    assert address not in viewer.get(LIST).content.decode()
    assert viewer.post(address).status_code == 404
    assert signed_in(make_officer(make_regiment("T99"))).post(address).status_code == 404
    assert Refund.objects.count() == 0
