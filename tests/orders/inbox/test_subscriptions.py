"""Partners that post what was subscribed: new shipments once, renewed in time, whole accounts. DHL told yes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from market.common.errors import InvalidInput
from market.common.outbox.drain import drain_outbox
from market.common.sealing import unseal
from orders.inbox.actions import create_endpoint, rotate_secret
from orders.inbox.models import Errand, InboxEvent, PartnerApi
from orders.inbox.partner_api import set_partner_api, silence
from orders.inbox.tasks import process_inbox
from orders.orders.models import Purchase
from orders.shipments.models import Shipment
from tests.builders import NOW
from tests.orders.inbox.asking import work
from tests.orders.inbox.connected import KEY, connect, error_of, stored
from tests.orders.inbox.partner import PartnerServer, partner_server
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(settings: Settings) -> Iterator[PartnerServer]:
    adapters = ("kuaidi100", "ups_track_alert", "dhl_unified_push")
    with partner_server(settings, *adapters) as server:
        yield server


def test_new_shipment_is_subscribed_once_and_anew_before_the_month_is_full(partner: PartnerServer) -> None:
    endpoint = connect("kuaidi100")
    partner.tell({"result": True, "returnCode": "200"})
    make_shipment("SF1", "顺丰")

    for hours in (0, 1, 100):
        while drain_outbox(NOW + timedelta(hours=hours)):
            pass
        work(NOW + timedelta(hours=hours))

    (asked,) = partner.asked
    param = json.loads(parse_qs(asked.body.decode())["param"][0])
    assert (param["number"], param["key"], param["parameters"]["salt"]) == ("SF1", KEY, "s-1")
    assert param["parameters"]["callbackurl"] == f"http://testserver/hooks/{endpoint.pk}/"
    work(NOW + timedelta(days=8))
    assert len(partner.asked) == 2


@pytest.mark.parametrize(
    ("carrier", "phone", "told"),
    [
        ("顺丰", "+8613900001234", "1234"),
        ("中通", "010-8888 5678", "5678"),
        ("顺丰", "none", None),
        ("圆通", "+8613900001234", None),
    ],
)
def test_end_of_the_recipients_number_goes_where_it_is_asked_for_and_nowhere_else(
    partner: PartnerServer, caplog: pytest.LogCaptureFixture, carrier: str, phone: str, told: str | None
) -> None:
    connect("kuaidi100")
    partner.tell({"result": False, "returnCode": "700", "message": f"phone {phone}"})
    shipment = make_shipment("N1", carrier)
    Purchase.objects.filter(pk=shipment.seller_order.purchase_id).update(phone=phone)

    while drain_outbox(NOW):
        pass
    work(NOW)

    (asked,) = partner.asked
    (param,) = parse_qs(asked.body.decode())["param"]
    assert json.loads(param)["parameters"].get("phone") == told
    assert phone not in param
    assert (Errand.objects.get().error, PartnerApi.objects.get().error) == ("refused 700", "refused 700")
    assert phone not in caplog.text


@pytest.mark.parametrize(("code", "trouble"), [("600", "key"), ("700", "refused 700"), ("501", "")])
def test_kuaidi100_answers_are_told_to_officers_by_their_code(partner: PartnerServer, code: str, trouble: str) -> None:
    make_shipment("SF1", "顺丰")
    endpoint = connect("kuaidi100")
    partner.tell({"result": False, "returnCode": code, "message": f"bad {KEY}"})

    work(NOW)

    assert error_of(endpoint) == trouble
    assert Errand.objects.get().error == trouble


def test_hundred_ups_numbers_go_in_one_call_and_again_on_day_13(partner: PartnerServer) -> None:
    first = make_shipment("1Z0", "UPS")
    for number in range(1, 101):
        Shipment.objects.create(
            seller_order=first.seller_order, number=f"S{number}", carrier="UPS", waybill=f"1Z{number}", shipped_at=NOW
        )
    endpoint = connect("ups_track_alert", key="client:secret")
    partner.answers["/security"] = (200, b'{"access_token": "tok"}')
    partner.tell({"validTrackingNumbers": [], "invalidTrackingNumbers": ["1Z7"]})

    work(NOW)

    calls = [asked for asked in partner.asked if asked.path.startswith("/api/track")]
    assert sorted(len(json.loads(call.body)["trackingNumberList"]) for call in calls) == [1, 100]
    assert {call.headers["authorization"] for call in calls} == {"Bearer tok"}
    assert {json.loads(call.body)["destination"]["credential"] for call in calls} == {"s-1"}
    assert Errand.objects.get(waybill="1Z7", kind="subscribe").error == "refused"
    assert error_of(endpoint) == ""
    assert Errand.objects.filter(kind="poll", due_at=NOW + silence("ups_track_alert")).count() == 101
    Errand.objects.filter(kind="poll").delete()
    Errand.objects.filter(waybill="1Z7").delete()
    Shipment.objects.filter(waybill="1Z8").update(status="delivered")
    partner.asked.clear()
    partner.tell({})
    work(NOW + timedelta(days=12, hours=23))
    assert partner.asked == []
    work(NOW + timedelta(days=13))
    again = [json.loads(a.body)["trackingNumberList"] for a in partner.asked if a.path.startswith("/api/track")]
    assert sorted(len(numbers) for numbers in again) == [1, 98] or [len(numbers) for numbers in again] == [99]
    assert not any("1Z8" in numbers for numbers in again)


def test_no_other_carriers_number_is_ever_sent_to_ups(partner: PartnerServer) -> None:
    make_shipment("SF1", "顺丰")
    own = make_shipment("1Z1", " ups ")
    connect("ups_track_alert", key="client:secret")
    partner.answers["/security"] = (200, b'{"access_token": "tok"}')

    work(NOW)

    assert sorted(Errand.objects.values_list("kind", "subject")) == [
        ("poll", f"{own.number} 1Z1"),
        ("subscribe", f"{own.number} 1Z1"),
    ]
    assert not any(b"SF1" in asked.body for asked in partner.asked)


def test_ups_that_gives_no_token_is_asked_for_nothing_more(partner: PartnerServer) -> None:
    make_shipment("1Z0", "UPS")
    endpoint = connect("ups_track_alert", key="client:wrong")
    partner.answers["/security"] = (401, b"{}")

    work(NOW)

    assert [asked.path for asked in partner.asked] == ["/security/v1/oauth/token"]
    assert error_of(endpoint) == "key"


def test_ups_is_asked_about_what_it_posted_once_and_was_lost(partner: PartnerServer) -> None:
    shipment = make_shipment("1Z0", "UPS")
    endpoint = connect("ups_track_alert", key="client:secret")
    partner.answers["/security"] = (200, b'{"access_token": "tok"}')
    status = {"type": "D", "code": "FS", "description": "DELIVERED"}
    scan = {"status": status, "gmtDate": "20261101", "gmtTime": "10:00:00", "date": "20261101", "time": "180000"}
    package = {"trackingNumber": "1Z0", "activity": [scan]}
    partner.answers["/api/track/v1/details"] = (
        200,
        json.dumps({"trackResponse": {"shipment": [{"package": [package]}]}}).encode(),
    )

    work(NOW + silence("ups_track_alert"))
    process_inbox(NOW + silence("ups_track_alert"))

    (asked,) = [asked for asked in partner.asked if asked.method == "GET"]
    assert (asked.path.partition("?")[0], asked.headers["authorization"]) == ("/api/track/v1/details/1Z0", "Bearer tok")
    shipment.refresh_from_db()
    assert (shipment.status, error_of(endpoint)) == ("delivered", "")


def test_new_secret_is_brought_to_the_partner_at_once(partner: PartnerServer) -> None:
    make_shipment("1Z0", "UPS")
    endpoint = connect("ups_track_alert", key="client:secret")
    partner.answers["/security"] = (200, b'{"access_token": "tok"}')
    work(NOW)

    rotate_secret(endpoint, now=NOW + timedelta(days=1), secret="s-2")
    work(NOW + timedelta(days=1))

    posted = [asked for asked in partner.asked if asked.path.startswith("/api/track") and asked.method == "POST"]
    shown = [json.loads(asked.body)["destination"]["credential"] for asked in posted]
    assert shown == ["s-1", "s-2"]


def test_dhl_asks_and_the_worker_says_yes_with_the_sealed_secret(partner: PartnerServer) -> None:
    make_shipment("A1", "DHL")
    endpoint = connect("dhl_unified_push", service="parcel-de")
    work(NOW)
    own = f"{partner.url}/tracking/push/v1/subscription/sub-1"
    stored(endpoint, {"scope": "subscription.validate", "secret": "hook-1", "self": own})
    stored(endpoint, {"scope": "subscription.validate", "secret": "x", "self": f"{partner.url}/other"}, key="m2")

    work(NOW + timedelta(seconds=1))

    assert json.loads(partner.asked[0].body)["shipmentIDs"] == ["A1"]
    (confirmed,) = partner.asked[1:]
    assert (confirmed.method, confirmed.path) == ("POST", "/tracking/push/v1/subscription/sub-1")
    assert (confirmed.headers["dhl-api-key"], confirmed.headers["dhl-api-hook-secret"]) == (KEY, "hook-1")
    assert list(InboxEvent.objects.values_list("outcome", flat=True)) == ["control", "control"]


@pytest.mark.parametrize(
    ("adapter", "wishes", "field"),
    [
        ("standard", {}, "is_on"),
        ("easypost", {"key": ""}, "key"),
        ("easypost", {"key": "a\nb"}, "key"),
        ("easypost", {"key": "ключ"}, "key"),
        ("dhl_unified_push", {"carriers": ["DHL"]}, "service"),
        ("ups_track_alert", {}, "carriers"),
        ("dcsa_tnt", {"carriers": ["Line"]}, "addresses"),
        ("dcsa_tnt", {"carriers": ["Line"], "addresses": ["http://line.example"]}, "addresses"),
        ("dcsa_tnt", {"carriers": ["Line"], "addresses": ["https://line.example/?x=1"]}, "addresses"),
        ("dcsa_tnt", {"carriers": ["Line"], "addresses": ["https://user:pw@line.example/"]}, "addresses"),
        ("iata_one_record", {"addresses": ["https://a.example"] * 11}, "addresses"),
    ],
)
def test_half_an_account_is_refused(adapter: str, wishes: dict[str, Any], field: str) -> None:
    endpoint, _ = create_endpoint(adapter, adapter, now=NOW)

    with pytest.raises(InvalidInput) as refused:
        set_partner_api(endpoint, **{"key": KEY, "is_on": True, "now": NOW, **wishes})

    assert set(refused.value.details["fields"]) == {field}
    assert not PartnerApi.objects.exists()


def test_operator_sets_the_account_and_the_key_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint, _ = create_endpoint("dhl_unified_push", "DHL", now=NOW)
    with pytest.raises(CommandError, match=r"carriers: .*; key: "):
        call_command("set_partner_api", endpoint.pk, "--service", "express")
    monkeypatch.setenv("PARTNER_API_KEY", KEY)

    call_command("set_partner_api", endpoint.pk, "--service", "express", "--carrier", "DHL Express")
    monkeypatch.delenv("PARTNER_API_KEY")
    call_command("set_partner_api", endpoint.pk, "--off")

    api = PartnerApi.objects.get()
    assert (api.service, api.is_on, unseal(api.sealed_key)) == ("express", False, KEY.encode())
    assert capsys.readouterr().out == "on\noff\n"
    with pytest.raises(CommandError, match="no such endpoint"):
        call_command("set_partner_api", "nobody")
