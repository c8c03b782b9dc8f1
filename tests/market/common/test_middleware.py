import pytest
from django.db import DataError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from market.common.clock import read_clock
from market.common.middleware import AddressBehindProxy, NothingHasNul
from orders.inbox.actions import create_endpoint
from orders.orders.models import SellerOrder
from tests.builders import make_placed, make_variant
from tests.market.portal.people import staff_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["pickups/new/?order=%00", "labels/?order=%00", "orders/%00/"])
def test_page_of_a_number_with_nul_is_not_there(path: str) -> None:
    make_placed((make_variant(), 1))
    client: Client = staff_of(SellerOrder.objects.get().enterprise)

    assert client.get(f"/en/sell/{path}").status_code in (302, 404)


@pytest.mark.parametrize(
    ("told", "status"),
    [("PostgreSQL text fields cannot contain NUL (0x00) bytes", 404), ("integer out of range", None)],
)
def test_only_a_nul_is_answered_as_a_page_that_is_not_there(told: str, status: int | None) -> None:
    asked = NothingHasNul(lambda request: HttpResponse())

    answer = asked.process_exception(RequestFactory().get("/en/sell/"), DataError(told))

    assert (answer and answer.status_code) == status


def test_answer_to_a_partner_is_guarded_and_knows_no_person(client: Client, settings: Settings) -> None:
    endpoint, _ = create_endpoint("standard", "truck", now=read_clock())

    answer = client.post(f"/hooks/{endpoint.pk}/", b"{}", content_type="application/json")

    assert (answer.status_code, answer["Content-Length"], answer["X-Frame-Options"]) == (401, "0", "DENY")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert "Vary" not in answer
    assert client.post(f"/hooks/{endpoint.pk}/", b"{}", "application/json", headers={"host": "evil"}).status_code == 400
    settings.SECURE_SSL_REDIRECT = True  # read when a handler is made
    assert Client().post(f"/hooks/{endpoint.pk}/", b"{}", "application/json").status_code == 301


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/a/b/", "/hooks//", "/hooks/a/token/"])
def test_path_below_the_hooks_that_is_none_of_them_goes_the_way_of_pages(client: Client, path: str) -> None:
    assert client.get(path).status_code in (301, 404)


def test_fault_in_taking_a_message_is_one_of_ours_and_tells_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.inbox.views.kept_door", lambda _: 1 / 0)
    client.raise_request_exception = False

    answer = client.post("/hooks/anybody/", b"{}", content_type="application/json")

    assert answer.status_code == 500
    assert b"division" not in answer.content


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (None, "10.0.0.1"),
        ("203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),  # the first the visitor wrote
        ("1.2.3.4,2001:DB8::1", "2001:db8::1"),
        ("203.0.113.7, unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("x" * 5000, "10.0.0.1"),
    ],
)
def test_behind_our_own_proxy_a_visitor_has_the_address_the_proxy_saw(told: str | None, address: str) -> None:
    headers = {} if told is None else {"x-forwarded-for": told}
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", headers=headers)

    AddressBehindProxy(lambda request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == address
