"""A partner that answers badly, slowly, too often or not at all."""

import base64
import json
from datetime import timedelta

import pytest
from pytest_django import Settings

from market.common import http
from orders.inbox.errands import note_existing
from orders.inbox.models import Errand, InboxEvent, PartnerApi
from orders.inbox.partner_api import set_partner_api
from orders.inbox.reconcile import MAX_ANSWER, call_partners
from orders.inbox.tasks import process_inbox
from tests.builders import NOW
from tests.orders.inbox.asking import SILENT, api_of, connect, the_errand, tracker, work
from tests.orders.inbox.partner import PartnerServer, partner_server
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db


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


def test_key_sealed_under_another_secret_stops_nobody_else(easypost: PartnerServer, settings: Settings) -> None:
    make_shipment("WB1")
    broken, well = connect(), connect()
    PartnerApi.objects.filter(endpoint=broken).update(sealed_key=b"nonsense")
    easypost.tell({"trackers": []})

    work(SILENT)

    assert api_of(broken).error == "setup"
    assert api_of(well).succeeded_at == SILENT
