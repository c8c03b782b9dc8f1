"""The seller gives the buyer the money for what went back or was lost."""

import pytest

from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from tests.builders import make_enterprise
from tests.market.portal.people import read, staff_of
from tests.orders.claims import make_claim, make_paid, tell, wish
from tests.orders.claims import send as send_off

pytestmark = pytest.mark.django_db


def lost() -> SellerOrder:
    order = make_paid()
    send_off(order)
    tell("W1", "failed")
    return SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk)


def test_it_is_offered_on_the_order_and_done_once() -> None:
    order = lost()
    client, address = staff_of(order.enterprise, "sales"), f"/en/sell/orders/{order.number}/give-back/"

    assert address in read(client, f"orders/{order.number}/")
    assert "CN¥1,000.00" in read(client, f"orders/{order.number}/give-back/")
    assert Refund.objects.count() == 0  # nothing on a GET
    assert "gets the money back" in client.post(address, follow=True).content.decode()
    again = client.post(address, follow=True).content.decode()

    assert "settled already" in again
    assert Refund.objects.get().amount == 1000
    assert address not in read(client, f"orders/{order.number}/")


def test_it_is_not_offered_while_a_claim_is_open_nor_to_other_roles() -> None:
    order = lost()
    address = f"/en/sell/orders/{order.number}/give-back/"
    warehouse = staff_of(order.enterprise, "warehouse")
    assert address not in read(warehouse, f"orders/{order.number}/")
    assert warehouse.post(address).status_code == 403
    assert staff_of(make_enterprise(), "owner").post(address).status_code == 404

    claim = make_claim(order, wish(order, "40", "not_arrived"))
    sales = staff_of(order.enterprise, "sales")
    assert address not in read(sales, f"orders/{order.number}/")
    assert claim.number in sales.post(address, follow=True).content.decode()
    assert Refund.objects.count() == 0
