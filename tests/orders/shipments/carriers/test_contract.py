"""Every inbound adapter, whatever bytes come: only our own errors out, and only values the tables can hold."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.inbox.adapters import inbound_adapter
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Report, UnreadableError
from orders.shipments.models import Shipment, Status, TrackingEvent

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ADAPTERS = ["standard", "easypost", "kuaidi100", "stripe"]
SECRETS = ["whsec_dHVhbmppLXN0YW5kYXJkLXdlYmhvb2tzLXRlc3QtMDE=", "sécret"]
HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature", "x-hmac-signature", "stripe-signature"]

words = st.text(st.characters(), max_size=120)  # with NUL and lone surrogates: JSON can spell both
times = st.sampled_from(["2026-11-01T10:00:00Z", "2026-11-01 10:00:00", "0001-01-01", "9999-12-31T23:59:59-12:00"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | times,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def rows(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects of the right shape with wild values, and of nearly the right one: a field missing, or anything."""
    wrong = st.fixed_dictionaries({}, optional={name: value | anything for name, value in fields.items()})
    return st.fixed_dictionaries(fields) | wrong


place = rows(city=words, state=words, country=words)
bodies = {
    "standard": rows(
        type=st.just("shipment.updated"),
        data=rows(
            tracking_number=words,
            carrier=words,
            eta=words,
            events=st.lists(rows(id=words, occurred_at=times, status=st.sampled_from(Status.values), place=words)),
        ),
    ),
    "easypost": rows(
        id=words,
        created_at=times,
        result=rows(
            object=st.just("Tracker"),
            tracking_code=words,
            est_delivery_date=words,
            tracking_details=st.lists(rows(status=words, status_detail=words, datetime=times, tracking_location=place)),
        ),
    ),
    "kuaidi100": rows(
        status=words,
        lastResult=rows(nu=words, com=words, data=st.lists(rows(ftime=times, statusCode=words, areaName=words))),
    ),
    "stripe": rows(id=words, type=words, data=rows(object=rows(object=st.just("payment_intent"), id=words))),
}


def encoded(adapter: str, body: Any) -> bytes:
    text = json.dumps(body)
    return urlencode({"param": text}).encode() if adapter == "kuaidi100" else text.encode()


def limit(model: type[Shipment | TrackingEvent], name: str) -> int:
    return int(model._meta.get_field(name).max_length or 0)  # type: ignore[union-attr]


def assert_storable(text: str, longest: int) -> None:
    assert len(text) <= longest
    assert "\x00" not in text
    text.encode()


def assert_event_fits(event: CarrierEvent) -> None:
    for name in ("key", "substatus", "place", "text", "raw_code"):
        assert_storable(getattr(event, name), limit(TrackingEvent, name))
    assert event.status in ("", *Status.values)
    for flag in event.flags:
        assert flag
        assert_storable(flag, 40)
    assert event.occurred_at.utcoffset() is not None
    assert event.sequence >= 0


def assert_report_fits(report: Report) -> None:
    assert_storable(report.tracking_number, limit(Shipment, "waybill"))
    assert_storable(report.eta, limit(Shipment, "eta"))
    assert_storable(report.monitoring, limit(Shipment, "monitoring"))
    for event in report.events:
        assert_event_fits(event)


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(data=st.data())
def test_parse_nearly_right_body_gives_storable_values_or_our_error(adapter: str, data: st.DataObject) -> None:
    raw = encoded(adapter, data.draw(bodies[adapter]))
    carrier = inbound_adapter(adapter)

    assert_storable(carrier.event_id(raw, {}), 140)
    try:
        reports = carrier.parse(raw).reports
    except UnreadableError:
        return
    for report in reports:
        assert_report_fits(report)


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(raw=st.binary(max_size=200), values=st.lists(words, min_size=len(HEADERS), max_size=len(HEADERS)))
def test_any_bytes_and_headers_are_refused_with_our_error(adapter: str, raw: bytes, values: list[str]) -> None:
    carrier = inbound_adapter(adapter)
    headers = {
        name: value.encode("latin-1", "replace").decode("latin-1") for name, value in zip(HEADERS, values, strict=True)
    }

    with pytest.raises(BadSignatureError):
        carrier.authenticate(raw, headers, SECRETS, NOW)
    carrier.event_id(raw, {})
    with suppress(UnreadableError):
        carrier.parse(raw)


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
