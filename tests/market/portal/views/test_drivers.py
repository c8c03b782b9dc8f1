"""The page where a seller makes addresses for drivers."""

import re

import pytest
from django.test import Client

from market.common.audit.models import AuditEntry
from market.enterprises.models import Enterprise
from orders.inbox.models import ReportLink
from orders.shipments.models import Shipment
from tests.builders import make_enterprise
from tests.market.drivers.drivers import give_link, press
from tests.market.portal.people import read, send, staff_of
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
WISH = {"name": "Truck A123", "days": "30"}


def scene() -> tuple[Shipment, Enterprise, str]:
    shipment = make_shipment("W1")
    return shipment, shipment.seller_order.enterprise, f"shipments/{shipment.number}/driver/"


def secret_in(page: str) -> str:
    (address,) = re.findall(r'<p class="secret">http://[^/]+(/d/[\w-]{32})</p>', page)
    return str(address)


def test_address_is_shown_once_with_a_code_to_photograph_and_works() -> None:
    shipment, enterprise, path = scene()
    client = staff_of(enterprise, "warehouse")

    page = send(client, path, WISH, status=200)

    address = secret_in(page)
    assert "<svg" in page.split("<main")[1]
    assert 'class="qr"' in page
    assert address not in read(client, path)
    assert address.removeprefix("/d/") not in str(list(AuditEntry.objects.values("details")))
    told = press(Client(), f"/en{address}/", "picked_up")
    assert told["message"] == "Taken: Picked up."
    assert f"shipments/{shipment.number}/driver/" in read(client, f"orders/{shipment.seller_order.number}/")


def test_withdrawn_address_takes_nothing_more() -> None:
    _shipment, enterprise, path = scene()
    client = staff_of(enterprise)
    address = secret_in(send(client, path, WISH, status=200))
    link = ReportLink.objects.get()

    send(client, path, {"withdraw": str(link.pk)})

    press(Client(), f"/en{address}/", "picked_up", status=410)
    assert "withdrawn" in read(client, path)
    assert AuditEntry.objects.filter(action="link.withdrawn").count() == 1


@pytest.mark.parametrize("wish", [{"name": ""}, {"days": "3650"}, {"days": "0"}, {"days": "x"}, {"name": "x" * 81}])
def test_bad_wish_makes_nothing(wish: dict[str, str]) -> None:
    _shipment, enterprise, path = scene()

    send(staff_of(enterprise), path, WISH | wish, status=422)

    assert not ReportLink.objects.exists()


def test_twenty_live_addresses_are_enough() -> None:
    shipment, enterprise, path = scene()
    for _ in range(20):
        give_link(shipment)
    client = staff_of(enterprise)

    assert "Please withdraw one" in send(client, path, WISH, status=422)
    send(client, path, {"withdraw": str(ReportLink.objects.first().pk)})  # type: ignore[union-attr]
    send(client, path, WISH, status=200)


def test_another_seller_neither_sees_nor_makes_nor_withdraws() -> None:
    shipment, _enterprise, path = scene()
    link, _path = give_link(shipment)
    client = staff_of(make_enterprise())

    read(client, path, status=404)
    send(client, path, WISH, status=404)
    send(client, path, {"withdraw": str(link.pk)}, status=404)

    link.refresh_from_db()
    assert (ReportLink.objects.count(), link.withdrawn_at) == (1, None)


@pytest.mark.parametrize("typed", ["0", "x", "9" * 30, "\x00"])
def test_link_of_another_shipment_is_not_withdrawn_here(typed: str) -> None:
    _shipment, enterprise, path = scene()
    others, _path = give_link(make_shipment("W2"))
    client = staff_of(enterprise)

    send(client, path, {"withdraw": typed}, status=404)
    send(client, path, {"withdraw": str(others.pk)}, status=404)

    others.refresh_from_db()
    assert others.withdrawn_at is None


@pytest.mark.parametrize("role", ["sales", "finance", "viewer"])
def test_who_does_not_ship_makes_no_address(role: str) -> None:
    shipment, enterprise, path = scene()
    client = staff_of(enterprise, role)

    send(client, path, WISH, status=403)

    assert path not in read(client, f"orders/{shipment.seller_order.number}/")
    assert not ReportLink.objects.exists()
