"""DHL and UPS, who post once: how they are subscribed, and that they tell again what was lost when they are asked: the
same events under the same keys."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from orders.shipments.carriers import dhl_unified_push, ups_track_alert
from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.calls import Subject
from tests.orders.shipments.carriers import bodies
from tests.orders.shipments.carriers.test_calls import HOOK, account, raw

TRAP = Subject("../../x?y=1&z#\r\nA: b")


def test_dhl_is_asked_with_the_key_of_the_push_and_answers_in_its_shape() -> None:
    request = dhl_unified_push.poll(account("dhl_unified_push", service="parcel-de"), Subject("A1"))
    push = bodies.dhl("delivered")

    assert request.url == "https://api-eu.dhl.com/track/shipments?trackingNumber=A1&service=parcel-de"
    assert (request.method, request.headers) == ("GET", {"DHL-API-Key": "k-1"})
    (body,) = dhl_unified_push.answered(
        raw({"shipments": push["shipments"], "possibleAdditionalShipmentsUrl": []})
    ).bodies
    assert dhl_unified_push.parse(body) == dhl_unified_push.parse(raw(push))
    assert dhl_unified_push.answered(b'{"shipments": []}').bodies == []
    with pytest.raises(UnreadableError):
        dhl_unified_push.answered(b"[]")


def activity(kind: str, code: str, words: str, clock: str, **fields: Any) -> dict[str, Any]:
    return {
        "location": {"address": {"city": "Aral", "countryCode": "CN", "country": "CN"}, "slic": "7101"},
        "status": {"type": kind, "code": code, "description": words, "statusCode": "011"},
        "date": "20261101",
        "time": "120000",
        "gmtDate": "20261101",
        "gmtTime": clock,
        "gmtOffset": "+08:00",
        **fields,
    }


def tracked(*activities: dict[str, Any], **package: Any) -> bytes:
    found = {"trackingNumber": "T1", "activity": list(activities), **package}
    return raw({"trackResponse": {"shipment": [{"inquiryNumber": "T1", "package": [found]}]}})


def test_ups_is_asked_with_the_token_and_its_number_cannot_leave_its_place() -> None:
    request = ups_track_alert.poll(account("ups_track_alert", key="tok"), TRAP)

    assert request.url == (
        "https://onlinetools.ups.com/api/track/v1/details/..%2F..%2Fx%3Fy%3D1%26z%23%0D%0AA%3A%20b?locale=en_US"
    )
    assert request.headers["Authorization"] == "Bearer tok"
    assert request.headers["transId"] != ups_track_alert.poll(account("ups_track_alert"), TRAP).headers["transId"]


def test_what_ups_answers_is_the_alerts_it_would_have_posted() -> None:
    told = ups_track_alert.answered(
        tracked(
            activity("D", "FS", "DELIVERED", "10:00:00"),
            activity("I", "OT", "Out For Delivery Today", "02:00:00"),
            activity("P", "OR", "Origin Scan", "01:00:00"),
            deliveryDate=[{"type": "DEL", "date": "20261101"}],
            deliveryInformation={"receivedBy": "WANG"},
        )
    )
    reports = [ups_track_alert.parse(body).reports[0] for body in told.bodies]
    alert = ups_track_alert.parse(raw(bodies.ups("D", "FS", "Delivered"))).reports[0]

    assert [report.events[0].status for report in reports] == ["delivered", "out_for_delivery", "picked_up"]
    assert [report.signed_by for report in reports] == ["WANG", "", ""]
    assert {report.tracking_number for report in reports} == {"T1"}
    assert (reports[0].events[0].key, reports[0].events[0].occurred_at) == (
        alert.events[0].key,
        alert.events[0].occurred_at,
    )
    assert not any(report.events[0].is_unmapped for report in reports)


def test_a_day_that_ups_plans_is_told_until_it_is_delivered() -> None:
    planned = [{"type": "SDD", "date": "20261103"}, {"type": "RDD", "date": "20261104"}]
    (body,) = ups_track_alert.answered(
        tracked(activity("I", "DP", "Departed from Facility", "10:00:00"), deliveryDate=planned)
    ).bodies

    report = ups_track_alert.parse(body).reports[0]
    assert (report.eta, report.events[0].substatus) == ("2026-11-04", "departed_facility")


@pytest.mark.parametrize(
    "answer",
    [
        {
            "trackResponse": {
                "shipment": [{"warnings": [{"code": "TW0001", "message": "Tracking Information Not Found"}]}]
            }
        },
        {"trackResponse": {"shipment": [{"package": [{"trackingNumber": "T1"}]}]}},
        {"trackResponse": {}},
    ],
)
def test_a_number_ups_does_not_know_yet_is_no_news(answer: dict[str, Any]) -> None:
    assert ups_track_alert.answered(raw(answer)).bodies == []


def test_a_history_without_end_is_read_as_far_as_it_counts() -> None:
    long = tracked(*(activity("I", "DP", "Departed", "10:00:00") for _ in range(1000)))

    assert len(ups_track_alert.answered(long).bodies) == ups_track_alert.MOST_ACTIVITIES


def test_dhl_subscription_brings_the_header_we_will_compare() -> None:
    given_account = account("dhl_unified_push", secret="X-Our-Token: t-1", service="parcel-de")

    request = dhl_unified_push.subscribe(given_account, [Subject("A1"), Subject("A2")])

    assert (request.method, request.url) == ("POST", "https://api-eu.dhl.com/tracking/push/v1/subscription")
    assert request.headers["DHL-API-Key"] == "k-1"
    assert json.loads(request.body) == {
        "hook": {
            "uri": HOOK,
            "authentication": {"type": "ApiKeyAuthentication", "header": "x-our-token", "token": "t-1"},
        },
        "format": "Default",
        "type": "Shipment",
        "service": "parcel-de",
        "events": ["Pre-Transit", "Transit", "Delivered", "Failure", "Unknown"],
        "shipmentIDs": ["A1", "A2"],
    }
    dhl_unified_push.authenticate(b"", {"x-our-token": "t-1"}, [given_account.secret], datetime.now().astimezone())


def test_ups_signs_in_and_subscribes_a_hundred_for_two_weeks() -> None:
    shown = account("ups_track_alert", key="client:secret")

    signing = ups_track_alert.sign_in(shown)
    request = ups_track_alert.subscribe(account("ups_track_alert", key="tok"), [Subject("1Z1"), Subject("1Z2")])

    assert signing.url == "https://onlinetools.ups.com/security/v1/oauth/token"
    assert signing.headers["Authorization"] == "Basic " + base64.b64encode(b"client:secret").decode()
    assert signing.body == b"grant_type=client_credentials"
    assert ups_track_alert.token(raw({"access_token": "tok", "expires_in": "14399"})) == "tok"
    with pytest.raises(UnreadableError):
        ups_track_alert.token(b"{}")
    assert request.url == "https://onlinetools.ups.com/api/track/v1/subscription/standard/package"
    assert (request.headers["Authorization"], request.headers["transactionSrc"]) == ("Bearer tok", "tuanji")
    assert request.headers["transId"]
    assert json.loads(request.body) == {
        "locale": "en_US",
        "countryCode": "US",
        "trackingNumberList": ["1Z1", "1Z2"],
        "destination": {"url": HOOK, "credentialType": "Bearer", "credential": "s-1"},
    }
    renewed = ups_track_alert.RENEWED
    assert ups_track_alert.AT_ONCE == 100
    assert renewed == timedelta(days=13)
    assert ups_track_alert.subscribed(raw({"validTrackingNumbers": ["1Z1"], "invalidTrackingNumbers": ["1Z2"]})) == {
        "1Z2"
    }
