"""What a driver's thermometer showed, from the phone page and from a table."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orders.shipments.models import Shipment, TemperatureReading
from tests.market.drivers.drivers import give_partner_link, on_road, press, work
from tests.market.drivers.test_files import hours_ago, load, take

pytestmark = pytest.mark.django_db


def degrees(shipment: Shipment) -> list[Decimal]:
    return list(TemperatureReading.objects.filter(shipment=shipment).order_by("pk").values_list("celsius", flat=True))


@pytest.mark.parametrize(("typed", "celsius"), [("-18.5", "-18.5"), ("4", "4"), ("−2,5", "-2.5")])
def test_reading_alone_is_no_step_of_the_journey(client: Client, typed: str, celsius: str) -> None:
    shipment, path = on_road()

    told = press(client, path, "measured", temperature=typed)
    work()

    assert told["message"] == "Taken: Temperature measured."
    assert degrees(shipment) == [Decimal(celsius)]
    assert TemperatureReading.objects.get().sensor == "hand"
    assert not shipment.events.exists()


def test_reading_goes_along_with_another_button_at_its_time(client: Client) -> None:
    shipment, path = on_road()

    press(client, path, "picked_up", temperature="3.5", ago=timedelta(hours=2))
    work()

    assert (shipment.events.get().status, degrees(shipment)) == ("picked_up", [Decimal("3.5")])
    assert TemperatureReading.objects.get().at == shipment.events.get().occurred_at


def test_same_press_twice_counts_once_and_another_temperature_is_another(client: Client) -> None:
    shipment, path = on_road()

    for celsius in ("3", "3", "5"):
        client.post(path, {"key": "press-of-the-page", "step": "measured", "temperature": celsius})
    work()

    assert degrees(shipment) == [Decimal(3), Decimal(5)]


@pytest.mark.parametrize("typed", ["", "warm", "201", "-274", "1e9", "NaN", "3.123", "Infinity"])
def test_what_is_no_temperature_is_refused_with_words(client: Client, typed: str) -> None:
    shipment, path = on_road()

    told = press(client, path, "measured", temperature=typed, status=422)
    work()

    assert told["message"]
    assert degrees(shipment) == []


def test_zero_degrees_is_a_temperature(client: Client) -> None:
    shipment, path = on_road()

    press(client, path, "measured", temperature="0")
    work()

    assert degrees(shipment) == [Decimal(0)]


def test_table_of_a_logger_becomes_the_log_and_counts_once(client: Client) -> None:
    shipment, _path = on_road("W1", "truck")
    _link, path = give_partner_link("truck")
    head = "waybill,status,time,temperature,sensor"
    lines = [f"W1,,{hours_ago(hours)},{celsius},A" for hours, celsius in ((3, "2"), (2, "9"), (1, "3"))]
    raw = "\n".join([head, *lines]).encode()

    page = load(client, f"{path}file/", raw)
    for _ in range(2):
        take(client, f"{path}file/", page)
        work()

    assert "temperature measured" in page
    assert "there is nothing to take" in load(client, f"{path}file/", raw)
    assert degrees(shipment) == [Decimal(2), Decimal(9), Decimal(3)]
    assert not shipment.events.exists()
