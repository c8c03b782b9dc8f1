"""DHL and UPS told once what was lost; asked, they tell it again: the same events under the same keys."""

from typing import Any

import pytest

from orders.shipments.carriers import dhl_unified_push, ups_track_alert
from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.calls import Subject
from tests.orders.shipments.carriers import bodies
from tests.orders.shipments.carriers.test_calls import account, raw

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
