"""The pages of a seller's webhooks: made, tested, repeated; another's are not there."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from orders.outbound.models import Delivery, Endpoint
from orders.outbound.send import Outcome, record_outcome
from orders.outbound.signing import new_hmac_key
from tests.builders import NOW, make_enterprise
from tests.market.portal.people import read, send, staff_of
from tests.orders.outbound.receiver import Receiver
from tests.orders.outbound.scenes import make_endpoint, make_order, send_all, tell
from tests.orders.outbound.test_send_inside import resolve_to

pytestmark = pytest.mark.django_db
URL = "https://erp.example/hook"


def test_secret_is_shown_once_and_on_no_page_again() -> None:
    owner = staff_of(make_enterprise())

    page = send(owner, "webhooks/", {"url": URL, "types": ["order.paid"]}, status=200)
    match = re.search(r"whsec_[A-Za-z0-9+/=]{44}", page)

    assert match is not None
    endpoint = Endpoint.objects.get()
    assert endpoint.types == ["order.paid"]
    assert "whsec_" not in read(owner, "webhooks/") + read(owner, f"webhooks/{endpoint.pk}/")
    assert len(new_hmac_key()) == len(match.group())


def test_address_that_may_not_be_called_stays_in_the_form_with_its_reason() -> None:
    owner = staff_of(make_enterprise())

    page = send(owner, "webhooks/", {"url": "http://10.0.0.1/", "name": "Mine"}, status=422)

    assert "Only https addresses" in page
    assert 'value="Mine"' in page
    assert Endpoint.objects.count() == 0


def test_test_is_sent_and_stands_in_the_log_with_its_answer(receiver: Callable[[], Receiver]) -> None:
    erp, enterprise = receiver(), make_enterprise()
    endpoint, _ = make_endpoint(enterprise, erp.url)
    erp.status, erp.body = 500, b"<b>broken</b>"
    owner = staff_of(enterprise)

    send(owner, f"webhooks/{endpoint.pk}/do/", {"do": "test"})
    send_all(read_clock())
    page = read(owner, f"webhooks/{endpoint.pk}/")

    assert len(erp.got) == 1
    assert ": 500, " in page
    assert "&lt;b&gt;broken&lt;/b&gt;" in page
    assert "<b>broken" not in page


def test_log_says_when_nothing_was_sent_because_the_name_leads_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    enterprise = make_enterprise()
    endpoint, _ = make_endpoint(enterprise, URL)
    resolve_to(monkeypatch, "10.1.2.3")
    owner = staff_of(enterprise)

    send(owner, f"webhooks/{endpoint.pk}/do/", {"do": "test"})
    send_all(read_clock())

    page = read(owner, f"webhooks/{endpoint.pk}/")
    assert "not sent, the address is not on the public internet" in page
    assert "no answer" not in page


def test_gap_is_offered_after_switching_on_and_sent(receiver: Callable[[], Receiver]) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    owner = staff_of(order.enterprise)
    send(owner, f"webhooks/{endpoint.pk}/do/", {"do": "off"})
    tell(order)

    off = read(owner, f"webhooks/{endpoint.pk}/")
    send(owner, f"webhooks/{endpoint.pk}/do/", {"do": "on"})
    on = read(owner, f"webhooks/{endpoint.pk}/")
    send(owner, f"webhooks/{endpoint.pk}/do/", {"do": "missed"})
    send_all(read_clock())

    assert "Send what was missed" not in off
    assert "1 message did not arrive." in on
    assert Delivery.objects.get().state == "done"


def test_one_delivery_and_a_span_are_sent_again(receiver: Callable[[], Receiver]) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    tell(order, now=read_clock())
    send_all(read_clock())
    owner, key = staff_of(order.enterprise), Delivery.objects.get().pk

    send(owner, f"webhooks/{endpoint.pk}/do/", {"do": "again", "delivery": key})
    send_all(read_clock())
    today = f"{read_clock():%Y-%m-%d}"
    send(owner, f"webhooks/{endpoint.pk}/again/", {"since": "2020-01-01", "until": "2019-01-01"}, status=422)
    send(
        owner, f"webhooks/{endpoint.pk}/again/", {"since": "2020-01-01", "until": "2099-01-01", "with_delivered": "on"}
    )
    send_all(read_clock())

    assert today
    assert len(erp.got) == 3
    assert len({headers["webhook-id"] for headers, _raw in erp.got}) == 1


@pytest.mark.parametrize("path", ["", "secret/", "do/", "again/"])
def test_another_enterprise_s_endpoint_is_not_there(path: str) -> None:
    endpoint, _ = make_endpoint(make_enterprise(), URL)
    enterprise = make_enterprise()
    make_endpoint(enterprise, URL)
    stranger = staff_of(enterprise)
    fields = {"do": "remove", "url": "https://evil.example/", "since": "2020-01-01", "until": "2099-01-01"}

    read(stranger, f"webhooks/{endpoint.pk}/{path}", status=404)
    send(stranger, f"webhooks/{endpoint.pk}/{path}", fields, status=404)

    after = Endpoint.objects.get(pk=endpoint.pk)
    assert (after.url, after.is_active, after.keys.count()) == (URL, True, 1)
    assert endpoint.pk not in read(stranger, "webhooks/")


def test_delivery_of_another_endpoint_is_not_sent_again(receiver: Callable[[], Receiver]) -> None:
    other = make_order()
    make_endpoint(other.enterprise, receiver().url)
    tell(other)
    send_all(read_clock())
    enterprise = make_enterprise()
    mine, _ = make_endpoint(enterprise, URL)

    send(
        staff_of(enterprise),
        f"webhooks/{mine.pk}/do/",
        {"do": "again", "delivery": Delivery.objects.get().pk},
        status=404,
    )

    assert Delivery.objects.get().state == "done"


@pytest.mark.parametrize("role", ["sales", "warehouse", "finance", "viewer"])
def test_only_owners_see_webhooks(role: str) -> None:
    enterprise = make_enterprise()
    endpoint, _ = make_endpoint(enterprise, URL)
    member = staff_of(enterprise, role)

    read(member, "webhooks/", status=403)
    send(member, f"webhooks/{endpoint.pk}/do/", {"do": "remove"}, status=403)

    assert Endpoint.objects.count() == 1


def test_stranger_is_asked_to_sign_in() -> None:
    assert Client().get("/en/sell/webhooks/").status_code == 302


@pytest.mark.parametrize("sent", [3, 30])
def test_log_costs_the_same_for_three_and_thirty(
    sent: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order()
    endpoint, _ = make_endpoint(order.enterprise, URL)
    tell(order, sent)
    for delivery in Delivery.objects.all():
        record_outcome(delivery.pk, Outcome(200, 5, "ok"), read_clock())
    owner = staff_of(order.enterprise)

    with django_assert_max_num_queries(8):
        read(owner, f"webhooks/{endpoint.pk}/")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"is_active": False, "off_reason": "gone", "off_at": NOW}, "are switched off: nothing arrives any more"),
        ({"is_active": False, "off_reason": "failing", "off_at": NOW}, "are switched off: nothing arrives any more"),
        ({"failing_since": NOW - timedelta(days=2)}, "do not arrive"),
        ({"is_active": False, "off_reason": "person", "off_at": NOW}, ""),
        ({}, ""),
    ],
)
def test_overview_says_which_addresses_do_not_arrive(state: dict[str, object], said: str) -> None:
    enterprise = make_enterprise()
    endpoint, _secret = make_endpoint(enterprise, URL)
    Endpoint.objects.update(**state)

    page = read(staff_of(enterprise), "")

    assert (f"/sell/webhooks/{endpoint.pk}/" in page) == bool(said)
    assert said in page
    assert f"/sell/webhooks/{endpoint.pk}/" not in read(staff_of(enterprise, "warehouse"), "")
    assert f"/sell/webhooks/{endpoint.pk}/" not in read(staff_of(make_enterprise()), "")
