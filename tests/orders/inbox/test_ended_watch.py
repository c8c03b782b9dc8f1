"""A partner stops watching a shipment that is still under way: it is subscribed anew, and officers see it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from market.common.sealing import seal
from orders.inbox.models import Endpoint, Errand, InboxEvent
from orders.shipments.models import Shipment
from tests.builders import NOW, make_officer
from tests.market.office.people import signed_in, top_unit
from tests.orders.inbox.asking import work
from tests.orders.inbox.connected import connect, error_of, stored
from tests.orders.inbox.partner import PartnerServer, partner_server
from tests.orders.inbox.test_receive import make_shipment
from tests.orders.shipments.carriers.bodies import encode, kuaidi100

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(settings: Settings) -> Iterator[PartnerServer]:
    with partner_server(settings, "kuaidi100", "dhl_unified_push") as server:
        yield server


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def pushed(endpoint: Endpoint, status: str, at: datetime, **result: Any) -> None:
    body = kuaidi100("0", status=status)
    body["lastResult"] |= {"nu": "SF1", **result}
    raw = encode("kuaidi100", body)
    InboxEvent.objects.create(endpoint=endpoint, key=f"{status}{at}", sealed=seal(raw), received_at=at, due_at=at)


def subscription() -> Errand:
    return Errand.objects.get(kind="subscribe")


def calls(partner: PartnerServer) -> int:
    return len([asked for asked in partner.asked if asked.method == "POST"])


@pytest.mark.parametrize("status", ["abort", "shutdown"])
def test_watch_that_ended_on_the_way_is_asked_for_anew(partner: PartnerServer, status: str) -> None:
    make_shipment("SF1", "顺丰")
    endpoint = connect("kuaidi100")
    partner.tell({"result": True, "returnCode": "200"})
    work(NOW)

    pushed(endpoint, status, later(72))
    partner.tell({"result": False, "returnCode": "700"})
    work(later(72))

    assert (calls(partner), subscription().error) == (2, "refused 700")


def test_watch_that_goes_on_or_ends_with_the_journey_is_left_alone(partner: PartnerServer) -> None:
    make_shipment("SF1", "顺丰")
    endpoint = connect("kuaidi100")
    partner.tell({"result": True, "returnCode": "200"})
    work(NOW)
    due_at = subscription().due_at

    pushed(endpoint, "polling", later(1))
    signed = [{"ftime": "2026-11-25 18:00:00", "statusCode": "3"}]
    pushed(endpoint, "shutdown", later(72), data=signed)
    work(later(72))

    assert (calls(partner), Shipment.objects.get().status, subscription().due_at) == (1, "delivered", due_at)


def test_old_end_that_comes_after_newer_news_ends_nothing(partner: PartnerServer) -> None:
    make_shipment("SF1", "顺丰")
    endpoint = connect("kuaidi100")
    partner.tell({"result": True, "returnCode": "200"})
    work(NOW)
    pushed(endpoint, "polling", later(72), data=[{"ftime": "2026-11-25 18:00:00", "statusCode": "0"}])
    work(later(72))

    pushed(endpoint, "abort", later(73), data=[{"ftime": "2026-11-24 18:00:00", "statusCode": "0"}])
    work(later(73))

    assert (calls(partner), subscription().error) == (1, "")


def test_dhl_says_that_subscribing_failed(partner: PartnerServer, client: Client) -> None:
    make_shipment("A1", "DHL")
    make_shipment("A2", "DHL")
    Shipment.objects.filter(waybill="A2").update(status="delivered")
    endpoint = connect("dhl_unified_push", service="parcel-de")
    work(NOW)
    failure = {"scope": "subscription.failure", "self": "x", "reason": "expired"}

    stored(endpoint, failure, later(0.5))
    work(later(0.5))
    assert (calls(partner), subscription().error, subscription().due_at) == (1, "ended", later(1))
    page = signed_in(make_officer(top_unit(), "compliance")).get(f"/en/ops/partners/{endpoint.pk}/").content.decode()
    assert page.count("The partner has stopped watching.") == 2
    work(later(1))
    assert (calls(partner), subscription().error) == (2, "")
    assert error_of(endpoint) == "ended"

    stored(endpoint, failure, later(30), key="m2")
    work(later(30))
    assert calls(partner) == 3


def test_failure_of_a_partner_that_is_not_called_is_only_kept(partner: PartnerServer) -> None:
    make_shipment("A1", "DHL")
    endpoint = connect("dhl_unified_push", service="parcel-de", is_on=False)

    stored(endpoint, {"scope": "subscription.failure"})
    work(NOW)

    assert InboxEvent.objects.get().outcome == "control"
    assert (error_of(endpoint), Errand.objects.count()) == ("", 0)
