"""What a buyer reads of the temperatures on the way."""

from typing import Any

import pytest

from market.accounts.models import User
from orders.actions.settle_payment import settle_payment
from orders.actions.ship_order import ship_order
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import press
from orders.shipments.models import Shipment
from orders.shipments.temperature import Limits
from tests.builders import NOW, make_placed, make_user, make_variant
from tests.market.storefront.shop import words
from tests.market.storefront.test_purchases import signed_in
from tests.orders.actions.test_temperature_log import COLD, tell

pytestmark = pytest.mark.django_db


def ship_to(user: User, limits: Limits = COLD) -> Shipment:
    placed = make_placed((make_variant(on_hand=10), 2), user=user)
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    order = placed.seller_orders[0]
    return ship_order(order, [], carrier="truck", waybill="W1", temperatures=limits, by=None, now=NOW)


def page_of(user: User, shipment: Shipment, language: str = "en") -> Any:
    return signed_in(user).get(f"/{language}/orders/{shipment.seller_order.purchase.number}/")


def test_range_kept() -> None:
    shipment = ship_to(user := make_user())
    tell("W1", (0, "2"), (10, "4"))

    page = words(page_of(user, shipment))

    assert "Temperature agreed 0 … 4 °C" in page
    assert "Was it kept? yes, in every reading" in page
    assert "too warm" not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("left the temperatures agreed 2 times", "too warm", "too cold", "read by hand")),
        ("zh-hans", ("货物有 2 次超出约定温度", "过热", "过冷", "人工读取")),
        ("ru", ("Товар 2 раза выходил", "слишком тепло", "слишком холодно", "снято вручную")),
    ],
)
def test_excursions_in_the_buyers_language(language: str, said: tuple[str, ...]) -> None:
    shipment = ship_to(user := make_user())
    tell("W1", (0, "7"), (10, "2"), (20, "-1.5"), sensor="hand")

    page = words(page_of(user, shipment, language))

    for sentence in said:
        assert sentence in page


def test_api_tells_the_same_with_the_journey() -> None:
    shipment = ship_to(user := make_user())
    tell("W1", (0, "7"), (10, "2"))

    found = signed_in(user).get(f"/api/v1/purchases/{shipment.seller_order.purchase.number}").json()

    told = found["seller_orders"][0]["journey"][0]["temperature"]
    assert (told["lower"], told["upper"], told["verdict"], told["readings"]) == (0, 4, "left", 2)
    assert (told["lowest"], told["highest"], told["excursion_count"]) == ("2", "7", 1)
    (one,) = told["excursions"]
    assert (one["peak"], one["is_warm"], one["readings"], one["begins"]) == ("7", True, 1, one["ends"])
