"""The range a seller gives when shipping, and what their order page says of it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from orders.actions.fold_logs import fold_logs
from orders.actions.register_tracking import register_report
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import Reading, Report
from orders.shipments.models import Shipment, TemperatureLog
from orders.shipments.temperature import Limits
from tests.builders import NOW
from tests.market.portal.people import read, send, staff_of
from tests.market.portal.views.test_orders import PARCEL, fields_of
from tests.orders.actions.test_temperature_log import make_cold, tell
from tests.orders.inbox.test_receive import make_paid_order
from tests.orders.pickups.scenes import make_accepted

pytestmark = pytest.mark.django_db
LEFT = "The goods left the temperatures agreed"


def text(order: SellerOrder) -> str:
    page = read(staff_of(order.enterprise), f"orders/{order.number}/")
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_range_typed_when_shipping_is_kept_and_a_pickup_jobs_is_proposed() -> None:
    order = make_paid_order()
    make_accepted(order, temperature_from=-25, temperature_to=-18)
    client = staff_of(order.enterprise)
    page = read(client, f"orders/{order.number}/")
    proposed = dict(re.findall(r'name="(temperature_\w+)"(?: value="([-\d]+)")', page))

    send(client, f"orders/{order.number}/", PARCEL | fields_of(client, order) | proposed | {"temperature_to": "−20"})

    assert proposed == {"temperature_from": "-25", "temperature_to": "-18"}
    assert TemperatureLog.objects.get().limits == Limits(-25, -20)


@pytest.mark.parametrize(
    ("low", "high"), [("5", "4"), ("-61", ""), ("", "1e5"), ("", "2.5"), ("x", ""), ("", "9" * 20)]
)
def test_range_that_cannot_be_ships_nothing(low: str, high: str) -> None:
    order = make_paid_order()
    client = staff_of(order.enterprise)
    fields = fields_of(client, order) | {"temperature_from": low, "temperature_to": high}

    send(client, f"orders/{order.number}/", PARCEL | fields, status=422)

    assert not Shipment.objects.exists()


def test_excursion_stands_on_the_sellers_page_with_its_table() -> None:
    shipment = make_cold()
    tell("W1", (0, "3"), (10, "6.5"), (80, "9"), (90, "4"), sensor="A7")

    page = text(shipment.seller_order)

    assert f"{LEFT} 1 time." in page
    assert "0 … 4 °C" in page
    assert "3 … 9 °C · 4 readings" in page
    assert "1 h 10 min 9 too warm 2 A7" in page


def test_what_is_not_known_is_said_so() -> None:
    unmeasured, without_range = make_cold("W1"), make_cold("W2", Limits())
    none_of_both = make_cold("W3", Limits())
    tell("W2", (0, "40"))

    assert "not known yet" in text(unmeasured.seller_order)
    assert "not known: no range was agreed" in text(without_range.seller_order)
    assert "40 … 40 °C" in text(without_range.seller_order)
    assert "Was it kept?" not in text(none_of_both.seller_order)


def test_strange_sensor_is_text_on_the_page() -> None:
    shipment = make_cold()
    reading = Reading(NOW, Decimal(9), "<script>alert(1)</script>")
    register_report(Report("W1", readings=[reading]), received_at=NOW, now=NOW + timedelta(hours=1))
    fold_logs(NOW)

    page = read(staff_of(shipment.seller_order.enterprise), f"orders/{shipment.seller_order.number}/")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
