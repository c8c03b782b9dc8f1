"""Notifications that only name an object: fetched, foreign, gone, twice, in a circle."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from orders.inbox.errands import forget_done, note_fetches
from orders.inbox.models import Endpoint, Errand, PartnerApi
from orders.inbox.reconcile import call_partners
from tests.builders import NOW
from tests.orders.inbox.asking import work
from tests.orders.inbox.connected import KEY, connect, error_of, stored
from tests.orders.inbox.partner import PartnerServer, partner_server
from tests.orders.inbox.test_receive import make_shipment
from tests.orders.shipments.carriers import bodies

pytestmark = pytest.mark.django_db
Cargo = tuple[PartnerServer, Callable[..., Endpoint]]


@pytest.fixture
def cargo(settings: Settings) -> Iterator[tuple[PartnerServer, Callable[..., Endpoint]]]:
    with partner_server(settings) as server:

        def connect_cargo(**wishes: Any) -> Endpoint:
            addresses = wishes.pop("addresses", [f"{server.url}/one/"])
            return connect("iata_one_record", addresses=addresses, **wishes)

        yield server, connect_cargo


def notification(address: str) -> dict[str, Any]:
    about = {"@id": address}
    return {"@type": "Notification", "eventType": "LOGISTICS_OBJECT_UPDATED", "referencesLogisticsObject": about}


def test_notification_is_fetched_and_worked_on_like_a_message(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    thing = f"{server.url}/one/piece-1"
    shipment, endpoint = make_shipment(thing), connect_cargo()
    event = bodies.iata("DEP")
    event |= {"cargo:linkedObject": {"@id": thing}, "cargo:creationDate": "2026-11-24T10:00:00Z"}
    server.answers = {
        "/one/piece-1/logistics-events/e1": (200, json.dumps(event).encode()),
        "/one/piece-1/logistics-events": (
            200,
            json.dumps({"@type": "Collection", "hasItem": [f"{thing}/logistics-events/e1"]}).encode(),
        ),
        "/one/piece-1": (200, json.dumps({"@type": "cargo:Piece", "@id": thing}).encode()),
    }

    for number in range(2):
        stored(endpoint, notification(thing), key=f"m{number}")
    work(NOW)
    stored(endpoint, notification(thing), NOW + timedelta(hours=1), key="m3")
    work(NOW + timedelta(hours=1))

    shipment.refresh_from_db()
    assert (shipment.status, shipment.substatus) == ("in_transit", "departed")
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {KEY}"}
    assert [asked.path for asked in server.asked] == [
        "/one/piece-1",
        "/one/piece-1/logistics-events",
        "/one/piece-1/logistics-events/e1",
        "/one/piece-1",
    ]
    assert shipment.events.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/one/piece-1",
        "{base}/two/piece-1",
        "{base}/one/../two/piece-1",
        "{base}/onepiece",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/one/piece-1",
        "file:///etc/passwd",
        "{base}@evil.example/one/x",
        "/one/piece-1",
    ],
)
def test_foreign_address_is_never_fetched_and_a_person_is_told(cargo: Cargo, address: str) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo()
    event = stored(endpoint, notification(address.format(base=server.url)))

    work(NOW)

    event.refresh_from_db()
    assert (server.asked, Errand.objects.count()) == ([], 0)
    assert (event.state, event.error.partition(":")[0]) == ("parked", "ForeignAddressError")


def test_notification_of_a_partner_we_do_not_call_is_noted_as_before(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo(is_on=False)
    event = stored(endpoint, notification(f"{server.url}/one/piece-1"))

    work(NOW)

    event.refresh_from_db()
    assert (event.state, event.outcome, server.asked) == ("done", "thin", [])


def test_notification_that_comes_while_the_object_is_fetched_is_not_lost(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo()
    thing = f"{server.url}/one/piece-1/logistics-events"
    server.gate.clear()
    note_fetches(endpoint, [thing], NOW)
    call_partners(NOW)
    note_fetches(endpoint, [thing], NOW + timedelta(seconds=1))
    server.gate.set()

    work(NOW + timedelta(seconds=2))

    assert len(server.asked) == 2
    assert Errand.objects.get().due_at is None


def test_object_that_is_gone_is_asked_for_once_and_a_redirect_is_not_followed(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo()
    stored(endpoint, notification(f"{server.url}/one/piece-1"))
    server.status = 404
    work(NOW)
    assert (len(server.asked), Errand.objects.get().due_at) == (1, None)

    stored(endpoint, notification(f"{server.url}/one/piece-1"), NOW + timedelta(hours=1), "m2")
    server.status, server.headers = 302, {"Location": f"{server.url}/one/secret"}
    work(NOW + timedelta(hours=1))

    assert {asked.path for asked in server.asked} == {"/one/piece-1"}
    assert error_of(endpoint) == "redirect"


def test_object_that_cannot_be_had_is_given_up_after_ten_tries(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo()
    stored(endpoint, notification(f"{server.url}/one/piece-1"))
    server.status = 500

    for hours in range(200):
        work(NOW + timedelta(hours=hours))

    assert (len(server.asked), Errand.objects.get().due_at) == (10, None)
    assert forget_done(NOW + timedelta(days=100)) == 0
    assert forget_done(NOW + timedelta(days=130)) == 1
    assert not Errand.objects.exists()


def test_address_taken_from_the_partner_meanwhile_is_not_fetched_any_more(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo()
    note_fetches(endpoint, [f"{server.url}/one/piece-1"], NOW)
    connected = PartnerApi.objects.get(endpoint=endpoint)
    connected.addresses = [f"{server.url}/two"]
    connected.save()

    work(NOW)

    assert (server.asked, error_of(endpoint), Errand.objects.get().tries) == ([], "foreign", 1)


def test_objects_that_name_each_other_are_fetched_once_each(cargo: Cargo) -> None:
    server, connect_cargo = cargo
    endpoint = connect_cargo()
    one, two = f"{server.url}/one/a", f"{server.url}/one/b"
    server.answers = {
        "/one/a": (200, json.dumps({"events": [{"@id": two}]}).encode()),
        "/one/b": (200, json.dumps({"events": [{"@id": one}]}).encode()),
    }
    stored(endpoint, notification(one))

    work(NOW)

    assert [asked.path for asked in server.asked] == ["/one/a", "/one/b"]
