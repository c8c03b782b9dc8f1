"""Whose address opens the driver's page, and how far it reaches."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from market.common.clock import read_clock
from market.drivers import limits
from orders.inbox.links import PHONE_PAGES, withdraw_link
from orders.inbox.models import InboxEvent, ReportLink
from tests.builders import make_user
from tests.market.drivers.drivers import give_link, give_partner_link, on_road, press, status_of, work
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
PRESSED = {"key": "press-of-the-page", "step": "picked_up"}


@pytest.mark.parametrize("secret", ["x", "A" * 32, "A" * 31 + ".", "A" * 400, "%00", "..%2f", "团" * 32])
def test_forged_address_is_not_found_and_says_so(client: Client, secret: str) -> None:
    on_road()

    page = client.get(f"/en/d/{secret}/")
    answer = client.post(f"/en/d/{secret}/", PRESSED, headers={"accept": "application/json"})

    assert (page.status_code, answer.status_code) in ((404, 404), (404, 405))
    assert not InboxEvent.objects.exists()


def test_changed_secret_is_not_found(client: Client) -> None:
    _shipment, path = on_road()
    forged = path[:-2] + ("A" if path[-2] != "A" else "B") + "/"

    assert client.post(forged, PRESSED).status_code == 404
    assert client.post(path.swapcase().replace("/EN/D/", "/en/d/"), PRESSED).status_code == 404


@pytest.mark.parametrize("how", ["expired", "withdrawn", "partner closed"])
def test_address_that_was_good_once_shows_and_takes_nothing(client: Client, how: str) -> None:
    shipment = make_shipment("WAYBILL-0001")
    link, path = give_link(shipment)
    match how:
        case "expired":
            ReportLink.objects.update(expires_at=read_clock() - timedelta(seconds=1))
        case "withdrawn":
            withdraw_link(link, by=make_user(), now=read_clock())
            withdraw_link(link, by=make_user(), now=read_clock())
        case _:
            link.endpoint.is_active = False
            link.endpoint.save()
    status = 404 if how == "partner closed" else 410

    page = client.get(path)
    press(client, path, "delivered", signed_by="x", status=status, ago=timedelta(days=1))

    assert page.status_code == status
    assert shipment.waybill not in page.content.decode()
    assert not InboxEvent.objects.exists()


def test_what_came_before_the_link_was_withdrawn_still_counts(client: Client) -> None:
    shipment = make_shipment("W1")
    link, path = give_link(shipment)
    press(client, path, "picked_up")

    withdraw_link(link, by=make_user(), now=read_clock())
    work()

    assert status_of(shipment) == "picked_up"


def test_too_many_presses_are_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _shipment, path = on_road()
    monkeypatch.setattr(limits, "ONE_LINK", 2)
    with time_machine.travel(read_clock(), tick=False):  # the next window would begin anew
        answers = [client.get(path) for _ in range(3)]
        press(client, path, "picked_up", status=429)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 10


def test_other_methods_are_refused(client: Client) -> None:
    _shipment, path = on_road()

    assert client.put(path).status_code == 405


def test_address_goes_nowhere_and_is_in_no_index(client: Client) -> None:
    _shipment, path = on_road()

    answer = client.get(path)

    assert answer["Referrer-Policy"] == "same-origin"
    assert "private" in answer["Cache-Control"]
    assert 'content="noindex"' in answer.content.decode()
    assert "csrftoken" not in answer.cookies


def test_link_never_moves_anothers_shipment_with_the_same_waybill(client: Client) -> None:
    own, path = on_road("SAME")
    others = make_shipment("SAME", "truck")

    press(client, path, "delivered", signed_by="x")
    press(client, path, "delivered", signed_by="x", waybill="SAME")
    work()

    assert (status_of(own), status_of(others)) == ("delivered", "unknown")


def test_waybill_of_another_shipment_is_refused(client: Client) -> None:
    _own, path = on_road("W1")
    others = make_shipment("W2")

    told = press(client, path, "delivered", signed_by="x", waybill="W2", status=422)
    work()

    assert told["message"] == "This waybill is not part of the shipment."
    assert status_of(others) == "unknown"


def test_phone_endpoint_takes_nothing_from_programs(client: Client) -> None:
    on_road()

    assert client.post(f"/hooks/{PHONE_PAGES}/", b"{}", content_type="application/json").status_code == 404


def test_partner_link_shows_and_moves_only_its_carriers(client: Client) -> None:
    own, others = make_shipment("OWN-0001", "Old Trucks"), make_shipment("W2", "Express")
    path = give_partner_link("old trucks")[1]

    assert "kg net" in client.get(path, {"waybill": "OWN-0001"}).content.decode()
    assert "kg net" not in client.get(path, {"waybill": "W2"}).content.decode()
    assert own.waybill not in client.get(path).content.decode()
    press(client, path, "picked_up", waybill=" OWN- 0001 ")
    press(client, path, "picked_up", waybill="W2")
    work()

    assert (status_of(own), status_of(others)) == ("picked_up", "unknown")
    assert list(InboxEvent.objects.order_by("pk").values_list("state", flat=True)) == ["done", "parked"]


def test_partner_link_without_waybill_asks_for_it(client: Client) -> None:
    path = give_partner_link("truck")[1]

    told = press(client, path, "picked_up", status=422)

    assert told["message"] == "Please enter the waybill number."
    answer = client.post(path, {"step": "look", "waybill": "W 1&x"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path}?waybill=W+1%26x")
