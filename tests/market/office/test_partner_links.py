"""Addresses for partners without software are made by compliance officers at the top."""

import re

import pytest
from django.test import Client

from market.common.audit.models import AuditEntry
from orders.inbox.actions import create_endpoint
from orders.inbox.links import PHONE_PAGES
from orders.inbox.models import Endpoint, EndpointSecret, InboxEvent, ReportLink
from tests.builders import NOW
from tests.market.drivers.drivers import give_link, press, status_of, work
from tests.market.office.people import signed_in
from tests.market.office.test_partners import strangers, top_officer
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
WISH = {"name": "Truck A123", "carriers": "Old trucks\n\n old trucks, west ", "days": "90"}


def make_partner(*carriers: str, adapter: str = "standard") -> tuple[Endpoint, str]:
    endpoint, _secret = create_endpoint(adapter, "Old trucks", carriers=carriers, now=NOW)
    return endpoint, f"/en/ops/partners/{endpoint.pk}/links/"


def test_address_moves_the_carriers_shipments_until_it_is_withdrawn() -> None:
    shipment = make_shipment("W1", "OLD TRUCKS")
    endpoint, path = make_partner()
    client = top_officer()

    page = client.post(path, WISH).content.decode()

    (secret,) = re.findall(r"/d/([\w-]{32})</p>", page)
    press(Client(), f"/en/d/{secret}/", "picked_up", waybill="W1")
    work()
    assert status_of(shipment) == "picked_up"
    link = ReportLink.objects.get()
    assert link.carriers == ["Old trucks", "old trucks, west"]
    assert secret not in client.get(path).content.decode()
    assert client.post(path, {"withdraw": link.pk}).status_code == 302
    press(Client(), f"/en/d/{secret}/", "delivered", waybill="W1", signed_by="x", status=410)
    log = AuditEntry.objects.filter(subject_id=endpoint.pk).order_by("pk").values_list("action", flat=True)
    assert list(log) == ["link.made", "link.withdrawn"]
    assert "phone page withdrawn" in client.get(f"/en/ops/partners/{endpoint.pk}/").content.decode()


def test_partner_bound_to_carriers_gets_no_address_for_others() -> None:
    _endpoint, path = make_partner("Express")

    answer = top_officer().post(path, WISH)

    assert answer.status_code == 422
    assert "does not report for “Old trucks”" in answer.content.decode()
    assert not ReportLink.objects.exists()


@pytest.mark.parametrize("wish", [{"name": ""}, {"carriers": " \n"}, {"carriers": "x" * 41}, {"days": "9999"}])
def test_bad_wish_makes_nothing(wish: dict[str, str]) -> None:
    _endpoint, path = make_partner()

    assert top_officer().post(path, WISH | wish).status_code == 422
    assert not ReportLink.objects.exists()


@pytest.mark.parametrize("number", range(5))
def test_page_does_not_exist_for_any_other_post(number: int) -> None:
    _endpoint, path = make_partner()
    client = signed_in(strangers()[number])

    assert client.get(path).status_code == 404
    assert client.post(path, WISH).status_code == 404
    assert not ReportLink.objects.exists()


def test_partner_with_a_format_of_its_own_has_no_such_page() -> None:
    _endpoint, path = make_partner(adapter="easypost")

    assert top_officer().get(path).status_code == 404


def test_address_a_seller_made_is_not_withdrawn_here() -> None:
    link, _path = give_link(make_shipment("W1"))

    answer = top_officer().post(f"/en/ops/partners/{PHONE_PAGES}/links/", {"withdraw": link.pk})

    link.refresh_from_db()
    assert (answer.status_code, link.withdrawn_at) == (404, None)


def test_place_of_sellers_phone_pages_gets_no_key() -> None:
    give_link(make_shipment("W1"))
    client = top_officer()

    page = client.get(f"/en/ops/partners/{PHONE_PAGES}/")

    assert page.status_code == 200
    assert "/hooks/" not in page.content.decode()
    assert client.post(f"/en/ops/partners/{PHONE_PAGES}/", {"rotate": "1"}).status_code == 404
    assert not EndpointSecret.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_page_stands_in_three_languages(language: str) -> None:
    _endpoint, path = make_partner()

    assert top_officer().get(path.replace("/en/", f"/{language}/")).status_code == 200


def test_officers_read_a_drivers_message_without_the_people_in_it() -> None:
    _link, path = give_link(make_shipment("WAYBILL-0001"))
    press(Client(), path, "delivered", signed_by="王五", note="放在门卫处")
    work()

    page = top_officer().get(f"/en/ops/inbox/{InboxEvent.objects.get().pk}/").content.decode()

    assert "Truck A123" in page
    assert "delivered" in page
    assert "王五" not in page
    assert "放在门卫处" not in page
