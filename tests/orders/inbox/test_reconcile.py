"""A silent shipment and the partner that knows more: asked, late, busy, twice, by two workers."""

import base64
import json
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from market.common.outbox.drain import drain_outbox
from orders.actions.raise_silent import raise_silent
from orders.actions.ship_order import ship_order
from orders.inbox import outcomes, reconcile
from orders.inbox.errands import note_existing
from orders.inbox.models import Errand, InboxEvent, PartnerApi
from orders.inbox.outcomes import Outcome, Ticket
from orders.inbox.partner_api import set_partner_api
from orders.inbox.reconcile import LEASE, call_partners
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Shipment
from tests.builders import NOW
from tests.orders.inbox.asking import KEY, SILENT, api_of, connect, the_errand, tracker, webhook, work
from tests.orders.inbox.partner import PartnerServer
from tests.orders.inbox.test_receive import make_paid_order, make_shipment

pytestmark = pytest.mark.django_db


def test_silent_shipment_is_asked_about_and_moves_like_by_webhook(easypost: PartnerServer) -> None:
    shipment, endpoint = make_shipment("WB1"), connect()
    easypost.tell({"trackers": [tracker()]})

    work(SILENT - timedelta(seconds=1))
    assert easypost.asked == []
    work(SILENT)

    (asked,) = easypost.asked
    assert (asked.method, asked.path) == ("GET", "/v2/trackers?tracking_code=WB1")
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.heard_at) == ("in_transit", SILENT)
    event = InboxEvent.objects.get()
    assert (event.origin, event.state, event.outcome) == ("poll", "done", "tracking")
    api = api_of(endpoint)
    assert (api.succeeded_at, api.failures, api.error) == (SILENT, 0, "")
    assert KEY.encode() not in bytes(api.sealed_key)


def test_every_parcel_of_a_shipment_is_asked_about(easypost: PartnerServer) -> None:
    shipment = ship_order(
        make_paid_order(), [], carrier="test", waybill="WB1", further=["WB2", "WB3"], by=None, now=NOW
    )
    connect()
    easypost.answers = {
        f"/v2/trackers?tracking_code={number}": (200, json.dumps({"trackers": [tracker(number)]}).encode())
        for number in ("WB1", "WB2", "WB3")
    }

    work(SILENT)

    assert sorted(asked.path[-3:] for asked in easypost.asked) == ["WB1", "WB2", "WB3"]
    assert set(shipment.parcels.values_list("status", flat=True)) == {"in_transit"}
    shipment.parcels.filter(number="WB1").update(status="delivered")
    easypost.asked.clear()
    work(SILENT + timedelta(hours=30))
    assert sorted(asked.path[-3:] for asked in easypost.asked) == ["WB2", "WB3"]


def test_shipment_that_spoke_meanwhile_is_not_asked_about(easypost: PartnerServer) -> None:
    make_shipment("WB1")
    endpoint = connect()
    work(NOW)
    webhook(endpoint, tracker(), NOW + timedelta(hours=10))
    process_inbox(NOW + timedelta(hours=10))

    work(SILENT)

    assert easypost.asked == []
    assert the_errand().due_at == NOW + timedelta(hours=34)


def test_same_news_twice_is_one_message_and_the_shipment_stays_silent(easypost: PartnerServer) -> None:
    shipment, endpoint = make_shipment("WB1"), connect()
    easypost.tell({"trackers": [tracker(updated_at="2026-11-25T10:00:00Z")]})
    work(SILENT)
    easypost.tell({"trackers": [tracker(updated_at="2026-11-27T10:00:00Z")]})

    work(SILENT + timedelta(hours=30))
    work(SILENT + timedelta(hours=60))
    raised = raise_silent(SILENT + timedelta(hours=73))

    assert len(easypost.asked) == 3
    assert InboxEvent.objects.count() == 1
    shipment.refresh_from_db()
    assert shipment.events.count() == 1
    assert shipment.heard_at == SILENT
    assert raised == 1
    assert api_of(endpoint).succeeded_at == SILENT + timedelta(hours=60)


def test_webhook_before_the_answer_and_after_it_is_one_event(easypost: PartnerServer) -> None:
    shipment, endpoint = make_shipment("WB1"), connect()
    webhook(endpoint, tracker(), NOW + timedelta(hours=1))
    process_inbox(NOW + timedelta(hours=1))
    easypost.tell({"trackers": [tracker()]})

    work(NOW + timedelta(hours=25))
    webhook(endpoint, tracker(), NOW + timedelta(hours=26), "evt_2")
    process_inbox(NOW + timedelta(hours=26))

    assert len(easypost.asked) == 1
    shipment.refresh_from_db()
    assert shipment.events.count() == 1
    assert shipment.notices.count() == 1


def test_old_news_in_an_answer_does_not_count_as_hearing_from_the_carrier(easypost: PartnerServer) -> None:
    shipment, endpoint = make_shipment("WB1"), connect()
    webhook(endpoint, tracker(), NOW + timedelta(hours=1))
    process_inbox(NOW + timedelta(hours=1))
    easypost.tell({"trackers": [tracker()]})

    work(NOW + timedelta(hours=25))

    shipment.refresh_from_db()
    assert shipment.heard_at == NOW + timedelta(hours=1)


def test_news_that_goes_back_to_an_earlier_state_is_news(easypost: PartnerServer) -> None:
    shipment = make_shipment("WB1")
    connect()
    for hours, day in ((0, "2026-12-01"), (30, "2026-12-02"), (60, "2026-12-01")):
        easypost.tell({"trackers": [tracker(est_delivery_date=day)]})
        work(SILENT + timedelta(hours=hours))

    shipment.refresh_from_db()
    assert InboxEvent.objects.count() == 3
    assert shipment.eta == "2026-12-01"


def test_two_workers_ask_once(easypost: PartnerServer) -> None:
    """Both read the errand while it was due; the second one's claim changes no row."""
    make_shipment("WB1")
    endpoint = connect()
    easypost.tell({"trackers": [tracker()]})
    note_existing(SILENT)
    seen = Errand.objects.select_related("shipment").get()

    assert reconcile._claim(seen, SILENT)
    assert not reconcile._claim(seen, SILENT)
    call_partners(SILENT)
    assert easypost.asked == []
    work(SILENT + LEASE)

    assert len(easypost.asked) == 1
    assert api_of(endpoint).succeeded_at == SILENT + LEASE


def test_answer_that_comes_twice_after_a_lost_claim_is_one_message(easypost: PartnerServer) -> None:
    make_shipment("WB1")
    endpoint = connect()
    note_existing(SILENT)
    body = json.dumps({"trackers": [tracker()]}).encode()
    ticket = Ticket(endpoint.pk, "poll", (the_errand().pk,))

    for _ in range(2):
        outcomes.record_outcome(ticket, Outcome(200, body), SILENT)

    assert InboxEvent.objects.count() == 1


def test_journey_that_is_over_is_asked_about_no_more(easypost: PartnerServer) -> None:
    shipment = make_shipment("WB1")
    connect()
    note_existing(NOW)
    Shipment.objects.filter(pk=shipment.pk).update(status="delivered")

    work(SILENT)

    assert (easypost.asked, Errand.objects.count()) == ([], 0)


def test_partner_is_not_asked_about_other_carriers_waybills(easypost: PartnerServer) -> None:
    make_shipment("WB1", "Other")
    connect(carriers=["Own Line"])

    work(SILENT)

    assert (easypost.asked, Errand.objects.count()) == ([], 0)


def test_switched_off_partner_is_not_called(easypost: PartnerServer) -> None:
    make_shipment("WB1")
    endpoint = connect()
    note_existing(NOW)
    set_partner_api(endpoint, is_on=False, now=NOW)

    work(SILENT)

    assert easypost.asked == []


def test_new_shipment_is_noted_by_the_outbox_once(easypost: PartnerServer) -> None:
    endpoint = connect()
    note_existing(NOW)

    shipment = make_shipment("WB1")
    while drain_outbox(NOW):
        pass
    PartnerApi.objects.filter(endpoint=endpoint).update(noted_to=0)
    note_existing(NOW)

    errand = Errand.objects.get()
    assert (errand.kind, errand.subject, errand.due_at) == ("poll", f"{shipment.number} WB1", SILENT)


def test_statements_of_a_quiet_round_do_not_grow_with_shipments(
    easypost: PartnerServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connect()
    for number in range(3):
        make_shipment(f"WB{number}")
    note_existing(NOW)

    with django_assert_num_queries(1):
        call_partners(NOW)
    for number in range(3, 12):
        make_shipment(f"WB{number}")
    PartnerApi.objects.update(noted_to=0)
    note_existing(NOW)
    with django_assert_num_queries(1):
        call_partners(NOW)
