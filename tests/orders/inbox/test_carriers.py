"""A partner moves the waybills of its own carriers only; one that follows many carriers moves them all."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from market.common.audit.models import AuditEntry
from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint, replay_events
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.tasks import process_inbox
from orders.shipments.models import TrackingEvent
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment, payload, post, signed

pytestmark = pytest.mark.django_db
SCAN = ("2026-11-24T01:00:00Z", "delivered")


def report(client: Client, endpoint: Endpoint, secret: str, number: str) -> InboxEvent:
    body = payload(number, SCAN)
    assert post(client, endpoint, body, signed(secret, body)) == 202
    process_inbox(read_clock())
    return InboxEvent.objects.get()


def test_waybill_of_another_carrier_is_parked_with_its_reason_and_moves_nothing(client: Client) -> None:
    shipment = make_shipment("WB1", "SF Express")
    endpoint, secret = create_endpoint("standard", "truck", now=NOW, carriers=["Tianshan Trucks"])

    event = report(client, endpoint, secret, "WB1")

    shipment.refresh_from_db()
    assert (event.state, shipment.status) == ("parked", "unknown")
    assert "SF Express" in event.error
    assert TrackingEvent.objects.count() == 0


@pytest.mark.parametrize("written", ["sf express", "SF-Express", "ＳＦ　Ｅｘｐｒｅｓｓ", "SF Express"])
def test_name_counts_however_the_seller_wrote_it(client: Client, written: str) -> None:
    shipment = make_shipment("WB1", written)
    endpoint, secret = create_endpoint("standard", "SF", now=NOW, carriers=["YTO", "SF Express"])

    event = report(client, endpoint, secret, "WB1")

    shipment.refresh_from_db()
    assert (event.state, shipment.status) == ("done", "delivered")


def test_partner_of_many_carriers_moves_any_of_them(client: Client) -> None:
    shipment = make_shipment("WB1", "whoever")
    endpoint, secret = create_endpoint("standard", "aggregator", now=NOW)

    report(client, endpoint, secret, "WB1")

    shipment.refresh_from_db()
    assert shipment.status == "delivered"


def test_same_number_of_two_carriers_moves_only_the_partner_s(client: Client) -> None:
    mine, other = make_shipment("WB1", "YTO"), make_shipment("WB1", "SF")
    endpoint, secret = create_endpoint("standard", "YTO", now=NOW, carriers=["YTO"])

    report(client, endpoint, secret, "WB1")

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, other.status) == ("delivered", "unknown")


def test_parked_message_moves_the_shipment_once_the_carrier_is_added(client: Client) -> None:
    shipment = make_shipment("WB1", "SF")
    endpoint, secret = create_endpoint("standard", "truck", now=NOW, carriers=["YTO"])
    report(client, endpoint, secret, "WB1")

    call_command("bind_endpoint", endpoint.pk, "--carrier", "SF", stdout=io.StringIO())
    replay_events(now=read_clock(), endpoint_id=endpoint.pk)
    process_inbox(read_clock())

    shipment.refresh_from_db()
    assert (InboxEvent.objects.get().state, shipment.status) == ("done", "delivered")


def test_endpoint_of_one_carrier_cannot_be_made_without_saying_which() -> None:
    with pytest.raises(CommandError, match="--carrier"):
        call_command("create_endpoint", "standard", "truck", stdout=io.StringIO())
    with pytest.raises(CommandError, match="contradict"):
        call_command("create_endpoint", "standard", "truck", "--carrier", "A", "--any-carrier", stdout=io.StringIO())
    assert Endpoint.objects.count() == 0

    call_command("create_endpoint", "standard", "truck", "--carrier", "A", "--carrier", "B", stdout=io.StringIO())
    call_command("create_endpoint", "easypost", "EasyPost", stdout=io.StringIO())

    assert list(Endpoint.objects.order_by("adapter").values_list("carriers", flat=True)) == [[], ["A", "B"]]


def test_operator_closes_and_opens_an_endpoint_and_the_log_says_who() -> None:
    endpoint, _secret = create_endpoint("standard", "truck", now=NOW)
    states = []
    for wish in ("--close", "--close", "--open"):
        call_command("switch_endpoint", endpoint.pk, wish, stdout=io.StringIO())
        states.append(Endpoint.objects.get().is_active)

    assert states == [False, False, True]
    log = AuditEntry.objects.order_by("pk").values_list("actor", "action")
    assert list(log) == [("command line", "partner.closed"), ("command line", "partner.opened")]
    with pytest.raises(CommandError):
        call_command("switch_endpoint", "nobody", "--close")
