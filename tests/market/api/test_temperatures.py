"""Sellers' programs give a range when shipping and read what was measured."""

import pytest

from orders.shipments.models import Shipment
from tests.builders import make_enterprise
from tests.market.api.keys import call, key_for
from tests.orders.actions.test_temperature_log import tell
from tests.orders.inbox.test_receive import make_paid_order

pytestmark = pytest.mark.django_db


def test_range_goes_in_with_the_shipment_and_the_log_comes_out() -> None:
    order = make_paid_order()
    key = key_for(order.enterprise)
    body = {"carrier": "truck", "waybill": "W1", "temperature_from": -25, "temperature_to": -18}

    made = call("post", f"/seller/orders/{order.number}/shipments", body, key=key)
    tell("W1", (0, "-20"), (10, "-12.5"))
    path = f"/seller/shipments/{made.json()['number']}"
    told = call("get", path, key=key).json()["temperature"]

    assert made.status_code == 201
    assert (told["lower"], told["upper"], told["verdict"], told["highest"]) == (-25, -18, "left", "-12.5")
    assert call("get", path, key=key_for(make_enterprise())).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature_from": 5, "temperature_to": 4},
        {"temperature_to": 61},
        {"temperature_from": "cold"},
        {"temperature_from": 2.5},
        {"temperature_from": 10**30},
    ],
)
def test_range_that_cannot_be_is_refused_and_ships_nothing(wrong: dict[str, object]) -> None:
    order = make_paid_order()
    body = {"carrier": "truck", "waybill": "W1", **wrong}

    answer = call("post", f"/seller/orders/{order.number}/shipments", body, key=key_for(order.enterprise))

    assert answer.status_code in (400, 422)
    assert not Shipment.objects.exists()


def test_shipment_without_a_log_has_none() -> None:
    order = make_paid_order()
    key = key_for(order.enterprise)

    made = call("post", f"/seller/orders/{order.number}/shipments", {"carrier": "t", "waybill": "W1"}, key=key).json()

    assert call("get", f"/seller/shipments/{made['number']}", key=key).json()["temperature"] is None
