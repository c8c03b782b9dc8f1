"""What a buyer reads of a journey beside its status: when, who signed, what is wrong, what to do."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orders.actions.register_tracking import register_report
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Parcel, Shipment
from tests.builders import NOW, make_user
from tests.market.portal.people import staff_of
from tests.market.storefront.shop import words
from tests.market.storefront.test_temperature import page_of, ship_to

pytestmark = pytest.mark.django_db
NOTHING_TO_DO = "Nothing to do for you"


def tell(status: str, *, eta: str = "", signed_by: str = "", flags: tuple[str, ...] = (), number: str = "W1") -> None:
    at = NOW + timedelta(hours=1)
    event = CarrierEvent(f"{status}{number}", at, status, flags=flags, weight_kg=Decimal("12.5"))
    report = Report(number, events=[event], eta=eta, signed_by=signed_by, as_of=at, monitoring="stopped")
    register_report(report, received_at=at, now=at, source="standard")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("25 Dec 2026", "Wang Wu", "held up", "damaged", "12.5 kg", "has stopped reporting", "please fetch")),
        ("zh-hans", ("2026年12月25日", "Wang Wu", "签收人", "12.5 公斤", "已停止推送", "已可自提")),
        ("ru", ("25 декабря 2026", "Wang Wu", "Принял", "12,5 кг", "перестал сообщать", "готов к выдаче")),
    ],
)
def test_buyer_reads_what_the_carrier_told(language: str, said: tuple[str, ...]) -> None:
    shipment = ship_to(user := make_user())
    tell("available_for_pickup", eta="2026-12-24T16:00:00Z", signed_by="Wang Wu", flags=("held", "damaged"))

    page = words(page_of(user, shipment, language))

    assert [sentence for sentence in said if sentence not in page] == []
    assert NOTHING_TO_DO not in page


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("in_transit", NOTHING_TO_DO),
        ("available_for_pickup", "please fetch them"),
        ("delivery_attempted", "another time or place"),
        ("returning", "on their way back to the seller"),
        ("returned", "went back to the seller"),
        ("failed", "lost or destroyed"),
        ("delivered", "count and weigh the goods"),
    ],
)
def test_next_step_follows_the_shipment(status: str, said: str) -> None:
    shipment = ship_to(user := make_user())
    Shipment.objects.update(status=status)

    page = words(page_of(user, shipment))

    assert said in page
    assert (NOTHING_TO_DO in page) == (status == "in_transit")


def test_one_parcel_at_the_station_is_to_be_fetched_while_the_other_travels() -> None:
    shipment = ship_to(user := make_user())
    Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("A", "B")])

    tell("available_for_pickup", number="A")
    tell("in_transit", number="B")

    assert "please fetch them" in words(page_of(user, shipment))


def test_journey_that_is_over_is_no_longer_expected() -> None:
    shipment = ship_to(user := make_user())
    tell("delivered", eta="2026-12-24", signed_by="Wang Wu")

    page = words(page_of(user, shipment))

    assert "24 Dec 2026" not in page
    assert "Wang Wu" in page
    assert "stopped reporting" not in page


def test_seller_reads_the_same() -> None:
    shipment = ship_to(make_user())
    tell("available_for_pickup", eta="2026-12-24", signed_by="Wang Wu", flags=("held", "from_mars"))
    order = shipment.seller_order

    page = words(staff_of(order.enterprise).get(f"/en/sell/orders/{order.number}/"))

    for said in ("24 Dec 2026", "Wang Wu", "held up, the carrier reports a problem", "12.5 kg"):
        assert said in page


def test_buyers_program_reads_the_same() -> None:
    shipment = ship_to(user := make_user())
    tell("available_for_pickup", eta="2026-12-24", signed_by="Wang Wu", flags=("held",))
    number = shipment.seller_order.purchase.number

    client = Client()
    client.force_login(user)
    (seen,) = client.get(f"/api/v1/purchases/{number}").json()["seller_orders"][0]["journey"]

    assert (seen["eta"], seen["signed_by"], seen["flags"]) == ("2026-12-24", "Wang Wu", ["held"])
    assert (seen["monitoring"], seen["weights"]) == ("stopped", [{"waybill": "", "kg": "12.5"}])
