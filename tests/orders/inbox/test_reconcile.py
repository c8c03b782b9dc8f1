"""A silent shipment and the partner that knows more: asked, late, busy, broken, lying, twice, by two workers."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from market.common import http
from market.common.outbox.drain import drain_outbox
from market.common.sealing import seal
from orders.actions.raise_silent import raise_silent
from orders.actions.ship_order import ship_order
from orders.inbox import outcomes, reconcile
from orders.inbox.actions import create_endpoint
from orders.inbox.errands import note_existing
from orders.inbox.models import Endpoint, Errand, InboxEvent, PartnerApi
from orders.inbox.outcomes import Outcome, Ticket
from orders.inbox.partner_api import set_partner_api
from orders.inbox.reconcile import LEASE, MAX_ANSWER, call_partners
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Shipment
from tests.builders import NOW
from tests.orders.inbox.partner import PartnerServer, partner_server
from tests.orders.inbox.test_receive import make_paid_order, make_shipment

pytestmark = pytest.mark.django_db
SILENT = NOW + timedelta(hours=24)
KEY = "EZAK-very-secret-key"


@pytest.fixture
def easypost(settings: Settings) -> Iterator[PartnerServer]:
    with partner_server(settings, "easypost") as partner:
        yield partner


def connect(adapter: str = "easypost", **wishes: Any) -> Endpoint:
    endpoint, _ = create_endpoint(adapter, adapter, now=NOW, carriers=wishes.pop("carriers", ()))
    set_partner_api(endpoint, key=KEY, is_on=True, now=NOW, **wishes)
    return endpoint


def work(now: datetime) -> None:
    """The worker's rounds, until all is quiet."""
    while note_existing(now) + call_partners(now) + process_inbox(now):
        pass


def tracker(number: str = "WB1", *scans: tuple[str, str], **fields: Any) -> dict[str, Any]:
    rows = [{"status": status, "datetime": at, "status_detail": "unknown"} for status, at in scans]
    rows = rows or [{"status": "in_transit", "datetime": "2026-11-24T10:00:00Z", "status_detail": "unknown"}]
    return {"tracking_code": number, "status": "in_transit", "tracking_details": rows, **fields}


def webhook(endpoint: Endpoint, found: dict[str, Any], at: datetime, key: str = "evt_1") -> None:
    body = json.dumps({"id": key, "object": "Event", "result": {"object": "Tracker", **found}}).encode()
    InboxEvent.objects.create(endpoint=endpoint, key=key, sealed=seal(body), received_at=at, due_at=at)


def api_of(endpoint: Endpoint) -> PartnerApi:
    return PartnerApi.objects.get(endpoint=endpoint)


def the_errand() -> Errand:
    return Errand.objects.get(kind="poll")


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


def test_partner_that_does_not_know_the_number_is_asked_again_later(easypost: PartnerServer) -> None:
    shipment = make_shipment("WB1")
    connect()
    easypost.tell({"trackers": []})

    work(SILENT)

    shipment.refresh_from_db()
    assert (shipment.heard_at, InboxEvent.objects.count()) == (None, 0)
    errand = the_errand()
    assert errand.due_at is not None
    assert timedelta(hours=24) <= errand.due_at - SILENT <= timedelta(hours=27)
    assert (errand.error, errand.tries, errand.done_at) == ("", 0, SILENT)


@pytest.mark.parametrize(
    ("status", "body", "headers", "trouble"),
    [
        (500, b"oops", {}, "server 500"),
        (200, b"<html>", {}, "unreadable"),
        (200, b'{"trackers": [7]}', {}, "unreadable"),
        (200, json.dumps({"trackers": [tracker("OTHER")]}).encode(), {}, "unreadable"),
        (200, b'{"trackers": [{"tracking_details": 1}]}', {}, "unreadable"),
        (302, b"", {"Location": "http://127.0.0.1:1/v2/trackers"}, "redirect"),
        (200, b" " * (MAX_ANSWER + 1), {}, "too_large"),
        (401, b'{"error": "no such key EZAK-very-secret-key"}', {}, "key"),
        (422, b"{}", {}, "refused 422"),
    ],
    ids=[
        "broken",
        "garbage",
        "wrong shape",
        "another number",
        "unreadable",
        "redirect",
        "huge",
        "wrong key",
        "refused",
    ],
)
def test_bad_answer_changes_nothing_and_is_told_to_officers(
    easypost: PartnerServer, status: int, body: bytes, headers: dict[str, str], trouble: str
) -> None:
    shipment, endpoint = make_shipment("WB1"), connect()
    other = make_shipment("OTHER")
    easypost.status, easypost.body, easypost.headers = status, body, headers
    Errand.objects.all().delete()
    work(NOW)
    Errand.objects.filter(shipment=other).delete()

    work(SILENT)

    api, errand = api_of(endpoint), the_errand()
    assert len(easypost.asked) == 1
    assert (api.error, api.failed_at, api.succeeded_at) == (trouble, SILENT, None)
    assert (errand.error, errand.tries) == (trouble, 1)
    assert errand.due_at is not None
    assert errand.due_at > SILENT
    for parcel in (shipment, other):
        parcel.refresh_from_db()
        assert (parcel.status, parcel.heard_at) == ("unknown", None)
    assert InboxEvent.objects.count() == 0


def test_wrong_key_rests_the_partner_for_an_hour_and_a_new_key_ends_that(easypost: PartnerServer) -> None:
    shipment, endpoint = make_shipment("WB1"), connect()
    easypost.status = 401
    work(SILENT)
    work(SILENT + timedelta(minutes=59))
    assert len(easypost.asked) == 1
    easypost.tell({"trackers": [tracker()]})

    set_partner_api(endpoint, key="new", is_on=True, now=SILENT + timedelta(minutes=30))
    work(SILENT + timedelta(minutes=70))

    assert easypost.asked[-1].headers["authorization"] == "Basic " + base64.b64encode(b"new:").decode()
    shipment.refresh_from_db()
    assert shipment.status == "in_transit"


def test_no_to_the_old_key_says_nothing_of_the_new_one(easypost: PartnerServer) -> None:
    make_shipment("WB1")
    endpoint = connect()
    note_existing(SILENT)
    easypost.status = 401
    easypost.gate.clear()
    call_partners(SILENT)
    set_partner_api(endpoint, key="new", is_on=True, now=SILENT)
    easypost.gate.set()
    while call_partners(SILENT) and api_of(endpoint).failures == 0 and len(easypost.asked) < 2:
        pass
    easypost.tell({"trackers": [tracker()]})

    work(SILENT + timedelta(hours=1))

    assert [asked.headers["authorization"] for asked in easypost.asked][1] == (
        "Basic " + base64.b64encode(b"new:").decode()
    )


def test_too_many_requests_leaves_the_whole_partner_alone_for_as_long_as_it_asks(easypost: PartnerServer) -> None:
    make_shipment("WB1")
    endpoint = connect()
    easypost.status, easypost.headers = 429, {"Retry-After": "7200"}

    work(SILENT)
    make_shipment("WB2")
    Errand.objects.all().update(due_at=SILENT)
    work(SILENT + timedelta(minutes=119))

    assert len(easypost.asked) == 1
    assert api_of(endpoint).paused_until == SILENT + timedelta(hours=2)
    work(SILENT + timedelta(hours=2))
    assert len(easypost.asked) == 2


def test_breaker_opens_after_five_failures_and_a_success_closes_it(easypost: PartnerServer) -> None:
    endpoint = connect()
    for number in range(8):
        make_shipment(f"WB{number}")
    easypost.status = 500
    Errand.objects.all().delete()
    PartnerApi.objects.update(noted_to=0)

    work(SILENT)

    assert len(easypost.asked) == 5  # two at first, then one at a time
    assert api_of(endpoint).paused_until is not None
    easypost.tell({"trackers": []})
    work(SILENT + timedelta(hours=1))
    assert len(easypost.asked) == 13
    assert (api_of(endpoint).failures, api_of(endpoint).paused_until) == (0, None)


def test_slow_partner_is_cut_off_and_delays_no_other(
    easypost: PartnerServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.6)
    slow, well = make_shipment("WB1", "slow"), make_shipment("WB2", "well")
    dead = connect(carriers=["slow"])
    with partner_server(settings, "aftership") as quick:
        connect("aftership", carriers=["well"])
        easypost.gate.clear()
        row = {"checkpoint_time": "2026-11-24T10:00:00Z", "tag": "InTransit"}
        quick.tell({"data": {"trackings": [{"tracking_number": "WB2", "checkpoints": [row]}]}})
        note_existing(SILENT)
        for _ in range(4):  # rounds that do not wait for the slow one
            call_partners(SILENT)
            process_inbox(SILENT)
        well.refresh_from_db()
        assert well.status == "in_transit"
        work(SILENT)

    slow.refresh_from_db()
    assert slow.status == "unknown"
    assert api_of(dead).error == "unreachable"


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


def test_key_sealed_under_another_secret_stops_nobody_else(easypost: PartnerServer, settings: Settings) -> None:
    make_shipment("WB1")
    broken, well = connect(), connect()
    PartnerApi.objects.filter(endpoint=broken).update(sealed_key=b"nonsense")
    easypost.tell({"trackers": []})

    work(SILENT)

    assert api_of(broken).error == "setup"
    assert api_of(well).succeeded_at == SILENT


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
