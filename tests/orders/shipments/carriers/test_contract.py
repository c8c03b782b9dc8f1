"""Every inbound adapter, whatever bytes come: only our own errors out, and only values the tables can hold."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.inbox.adapters import inbound_adapter, known_adapters
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Report, UnreadableError
from orders.shipments.models import Parcel, Shipment, Status, TrackingEvent
from tests.orders.shipments.carriers.shapes import bodies, words, xml_bodies

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ADAPTERS = known_adapters()
SECRETS = ["whsec_dHVhbmppLXN0YW5kYXJkLXdlYmhvb2tzLXRlc3QtMDE=", "sécret"]
HEADERS = [
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "x-hmac-signature",
    "stripe-signature",
    "aftership-hmac-sha256",
    "shippo-auth-signature",
    ":query",
    "sign",
    "notification-signature",
    "x-partner-token",
    "credential",
    "authorization",
]


def encoded(adapter: str, body: Any) -> bytes:
    text = json.dumps(body)
    field = {"kuaidi100": "param", "cainiao": "logistics_interface"}.get(adapter)
    return urlencode({field: text}).encode() if field else text.encode()


def limit(model: type[Shipment | TrackingEvent | Parcel], name: str) -> int:
    return int(model._meta.get_field(name).max_length or 0)  # type: ignore[union-attr]


def assert_storable(text: str, longest: int) -> None:
    assert len(text) <= longest
    assert "\x00" not in text
    text.encode()


def assert_event_fits(event: CarrierEvent) -> None:
    for name in (
        "key",
        "substatus",
        "place",
        "text",
        "raw_code",
        "kind",
        "group",
        "local_time",
        "location",
        "classifier",
    ):
        assert_storable(getattr(event, name), limit(TrackingEvent, name))
    assert event.status in ("", *Status.values)
    for flag in event.flags:
        assert flag
        assert_storable(flag, 40)
    assert event.occurred_at.utcoffset() is not None
    assert event.sequence >= 0


def assert_report_fits(report: Report) -> None:
    assert_storable(report.tracking_number, limit(Shipment, "waybill"))
    for name in ("eta", "eta_from", "eta_to", "monitoring", "signed_by", "corrected_carrier"):
        assert_storable(getattr(report, name), limit(Shipment, name))
    assert_storable(report.parcel, limit(Parcel, "number"))
    for event in report.events:
        assert_event_fits(event)


@pytest.mark.parametrize("adapter", ADAPTERS)
@settings(max_examples=40)
@given(data=st.data())
def test_parse_nearly_right_body_gives_storable_values_or_our_error(adapter: str, data: st.DataObject) -> None:
    raw = encoded(adapter, data.draw(bodies[adapter]))
    carrier = inbound_adapter(adapter)

    assert_storable(carrier.event_id(raw, {}), 140)
    assert 200 <= carrier.reply(raw).status < 300
    try:
        reports = carrier.parse(raw).reports
    except UnreadableError:
        return
    for report in reports:
        assert_report_fits(report)


def test_every_adapter_has_a_shape_to_be_tested_with() -> None:
    assert set(bodies) == set(ADAPTERS)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_adapter_says_what_it_takes_and_how_it_refuses(adapter: str) -> None:
    carrier = inbound_adapter(adapter)

    assert carrier.CONTENT_TYPES
    assert 0 < carrier.MAX_BYTES <= 8 * 1024 * 1024
    assert carrier.refusal().status == 401


@pytest.mark.parametrize("adapter", ADAPTERS)
@settings(max_examples=40)
@given(raw=st.binary(max_size=200), values=st.lists(words, min_size=len(HEADERS), max_size=len(HEADERS)))
def test_any_bytes_and_headers_are_refused_with_our_error(adapter: str, raw: bytes, values: list[str]) -> None:
    carrier = inbound_adapter(adapter)
    headers = {
        name: value.encode("latin-1", "replace").decode("latin-1") for name, value in zip(HEADERS, values, strict=True)
    }

    with pytest.raises(BadSignatureError):
        carrier.authenticate(raw, headers, SECRETS, NOW)
    carrier.event_id(raw, {})
    carrier.reply(raw)
    with suppress(UnreadableError):
        carrier.parse(raw)


@settings(max_examples=300)
@given(xml_bodies)
def test_cainiao_any_xml_gives_storable_values_or_our_error(content: str) -> None:
    raw = urlencode({"msg_id": "1", "logistics_interface": content.encode("utf-8", "replace")}).encode()
    carrier = inbound_adapter("cainiao")

    assert_storable(carrier.event_id(raw, {}), 140)
    with suppress(UnreadableError):
        for report in carrier.parse(raw).reports:
            assert_report_fits(report)


@pytest.mark.parametrize("part", ["<a>", "<traceList>", "<traceList><trace>"])
def test_cainiao_xml_as_deep_as_a_body_may_be_is_no_trouble(part: str) -> None:
    depth = 256 * 1024 // (6 * len(part))
    content = part * depth + part.replace("<", "</") * depth

    with suppress(UnreadableError):
        inbound_adapter("cainiao").parse(urlencode({"logistics_interface": content}).encode())


def test_parse_longest_and_strangest_values_still_fit() -> None:
    where = {"city": "c" * 90, "state": "s" * 90, "country": "d" * 90}
    row = {"datetime": "2026-11-01T10:00:00Z", "status": "\ud800" * 60, "status_detail": "y" * 60}
    tracker = {"object": "Tracker", "tracking_code": "\ud800", "tracking_details": [row | {"tracking_location": where}]}

    reports = inbound_adapter("easypost").parse(encoded("easypost", {"id": "e", "result": tracker})).reports

    assert_report_fits(reports[0])
    assert reports[0].tracking_number == "?"


@pytest.mark.parametrize(
    ("code", "status"),
    [("5", "out_for_delivery"), ("1004", "in_transit"), ("211", "delivery_attempted"), ("305", "delivered")]
    + [(code, "") for code in ("", "9", "15", "140000", "2000", "201", "209")],
)
def test_kuaidi100_code_falls_back_to_its_own_base_only(code: str, status: str) -> None:
    result = {"nu": "1", "data": [{"ftime": "2026-11-01 10:00:00", "statusCode": code}]}

    reports = (
        inbound_adapter("kuaidi100").parse(encoded("kuaidi100", {"status": "polling", "lastResult": result})).reports
    )

    assert [event.status for event in reports[0].events] == [status]
