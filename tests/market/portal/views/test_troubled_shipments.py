"""Shipments that need the seller: counted on the overview, listed with what is wrong."""

import pytest
from pytest_django import DjangoAssertNumQueries

from orders.shipments.models import Parcel, Shipment
from tests.builders import NOW
from tests.market.portal.people import read, staff_of
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
LIST = "orders/?state=needs-you"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"silent_since": NOW}, "silent for three days"),
        ({"out_of_range_at": NOW}, "left the temperatures agreed"),
        ({"flags": ["held", "damaged"]}, "held up, damaged"),
        ({"status": "failed"}, "lost or destroyed"),
        ({"status": "returning"}, "on its way back"),
        ({"status": "returned"}, "returned"),
    ],
)
def test_trouble_is_counted_and_listed_with_what_is_wrong(changes: dict[str, object], said: str) -> None:
    shipment, foreign = make_shipment("W1"), make_shipment("W2")
    Shipment.objects.update(**changes)
    client = staff_of(shipment.seller_order.enterprise, "viewer")

    home, page = read(client, ""), read(client, LIST)

    assert "<strong>1</strong>with a shipment that needs you" in home
    assert said in page
    assert shipment.seller_order.number in page
    assert foreign.seller_order.number not in page
    assert Shipment.objects.get(pk=shipment.pk).needs_attention


def test_silent_parcel_is_named_on_list_and_order() -> None:
    shipment = make_shipment("W1")
    Parcel.objects.create(shipment=shipment, number="A-1", silent_since=NOW)
    Parcel.objects.create(shipment=shipment, number="B-1")
    client = staff_of(shipment.seller_order.enterprise)

    assert "parcel A-1 silent for three days" in read(client, LIST)
    order = read(client, f"orders/{shipment.seller_order.number}/")
    assert "said nothing of parcel A-1" in order
    assert "said nothing of parcel B-1" not in order


def test_what_is_well_or_settled_is_not_listed() -> None:
    shipment = make_shipment("W1")
    client = staff_of(shipment.seller_order.enterprise)
    well = read(client, LIST)
    Shipment.objects.update(flags=["damaged"])
    type(shipment.seller_order).objects.update(state="completed")

    assert "No order here." in well
    assert "No order here." in read(client, LIST)
    assert "<strong>0</strong>with a shipment that needs you" in read(client, "")


@pytest.mark.parametrize("language", ["zh-hans", "ru"])
def test_list_speaks_the_sellers_language(language: str) -> None:
    shipment = make_shipment("W1")
    Shipment.objects.update(silent_since=NOW)

    page = read(staff_of(shipment.seller_order.enterprise), f"/{language}/sell/{LIST}")

    assert {"zh-hans": "三天没有消息", "ru": "три дня нет новостей"}[language] in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_any_number(count: int, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    shipments = [make_shipment(f"W{number}") for number in range(count)]
    owner = shipments[0].seller_order.enterprise
    type(shipments[0].seller_order).objects.update(enterprise=owner)
    Shipment.objects.update(silent_since=NOW)
    client = staff_of(owner)

    with django_assert_max_num_queries(16):
        assert read(client, LIST).count("silent for three days") == count
