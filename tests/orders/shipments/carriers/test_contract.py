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
    "aftership": rows(
        event=st.sampled_from(["tracking_update", "edd_revise"]),
        event_id=words,
        ts=st.integers() | st.floats(),
        msg=rows(
            tracking_number=words,
            slug=words,
            tag=words,
            signed_by=words,
            return_to_sender=st.booleans(),
            latest_estimated_delivery=rows(datetime=times | words, datetime_min=words),
            checkpoints=st.lists(rows(checkpoint_time=times, tag=words, subtag=words, location=words, city=words)),
        ),
    ),
    "shippo": rows(
        event=st.just("track_updated"),
        data=rows(
            tracking_number=words,
            carrier=words,
            eta=times | words,
            tracking_status=rows(status=words, status_date=times, status_details=words, location=place),
            tracking_history=st.lists(
                rows(status=words, status_date=times, substatus=rows(code=words), location=place)
            ),
        ),
    ),
    "seventeentrack": rows(
        event=st.sampled_from(["TRACKING_UPDATED", "TRACKING_STOPPED"]),
        data=rows(
            number=words,
            carrier=st.integers() | words,
            track_info=rows(
                latest_status=rows(status=words, sub_status=words),
                time_metrics=rows(estimated_delivery_date=rows(**{"from": words, "to": times | words})),
                tracking=rows(
                    providers=st.lists(
                        rows(
                            latest_sync_time=times,
                            events=st.lists(rows(time_utc=times, stage=words, sub_status=words, location=words)),
                        ),
                        max_size=2,
                    )
                ),
            ),
        ),
    ),
    "cainiao": rows(
        mailNo=words,
        cpCode=words,
        traceList=st.lists(rows(action=words, time=times, timeZone=words, desc=words, city=words)),
    ),
    "dcsa_tnt": st.lists(
        rows(
            eventID=words.filter(bool),
            eventType=st.sampled_from(["SHIPMENT", "TRANSPORT", "EQUIPMENT"]) | words,
            eventClassifierCode=st.sampled_from(["ACT", "EST", "PLN"]),
            eventCreatedDateTime=times,
            eventDateTime=times,
            equipmentEventTypeCode=words,
            transportEventTypeCode=st.sampled_from(["ARRI", "DEPA"]),
            equipmentReference=words,
            references=st.lists(rows(referenceType=st.just("EQ"), referenceValue=words), max_size=2),
            transportCall=rows(transportCallSequenceNumber=st.integers(), UNLocationCode=words, modeOfTransport=words),
            eventLocation=rows(locationName=words, UNLocationCode=words, address=rows(city=words)),
        ),
        max_size=3,
    )
    | rows(
        events=st.lists(
            rows(
                eventID=words.filter(bool),
                eventDateTime=times,
                isRetracted=st.booleans(),
                eventClassification=rows(eventType=words, eventClassifier=st.just("ACTUAL"), transportEventType=words),
                equipmentDetails=rows(equipmentReference=words),
                shipmentDetails=rows(documentReference=rows(type=st.just("BOOKING"), reference=words)),
            ),
            max_size=2,
        )
    ),
    "dhl_unified_push": rows(
        scope=st.just("subscription.push"),
        shipments=st.lists(
            rows(
                id=words,
                service=words,
                status=rows(timestamp=times, statusCode=words, status=words),
                estimatedTimeOfDelivery=times | words,
                details=rows(proofOfDelivery=rows(signed=rows(name=words))),
                events=st.lists(rows(timestamp=times, statusCode=words, status=words, description=words), max_size=2),
            ),
            max_size=2,
        ),
    ),
    "ups_track_alert": rows(
        trackingNumber=words,
        alternateTrackingNumber=words,
        gmtActivityDate=st.sampled_from(["20261101", "", "99999999"]) | words,
        gmtActivityTime=words | st.just("101010"),
        localActivityDate=st.just("20261101") | words,
        gmtOffset=st.sampled_from(["-04.00", "+99.99"]) | words,
        activityStatus=rows(type=words, code=words, description=words),
        scheduledDeliveryDate=st.just("20261105") | words,
        deliveryStartTime=words,
        receivedBy=words,
    ),
    "iata_one_record": rows(
        **{
            "@type": st.sampled_from(["cargo:LogisticsEvent", "api:Notification"]),
            "@id": words,
            "cargo:eventCode": words | rows(**{"cargo:code": words}),
            "cargo:eventTimeType": st.sampled_from(["Actual", "Planned"]),
            "cargo:creationDate": times | rows(**{"@value": times}),
            "cargo:linkedObject": rows(**{"@id": words}),
            "cargo:eventName": words,
            "cargo:recordedAtLocation": words,
        }
    ),
    "stripe": rows(id=words, type=words, data=rows(object=rows(object=st.just("payment_intent"), id=words))),
}


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


XML = [
    *(
        "<r>",
        "</r>",
        "<mailNo>T1</mailNo>",
        "<mailNo>",
        "</mailNo>",
        "<traceList>",
        "</traceList>",
        "<trace>",
        "</trace>",
    ),
    *("<action>GOT</action>", "<time>2026-01-01 00:00:00</time>", "<timeZone>+99:99</timeZone>", "<city>", "</city>"),
    *(
        "&amp;",
        "&foo;",
        "&#0;",
        "&#xD800;",
        "<![CDATA[",
        "]]>",
        "<!-- x -->",
        "<?xml version='1.0' encoding='utf-16'?>",
    ),
    *("<?pi x?>", "<!DOCTYPE r>", "<a:b>", "<a xmlns='u'>", "<a b='c' b='d'/>", "\x00", "\ud800", "é", "x" * 500),
]
TRACE = "<r><mailNo>{}</mailNo><traceList><trace><action>{}</action><time>{}</time>{}</trace></traceList></r>"
xml_bodies = st.lists(st.sampled_from(XML) | words, max_size=14).map(lambda parts: "<r>" + "".join(parts) + "</r>") | (
    st.builds(TRACE.format, st.sampled_from(["T1", "", "&lt;"]) | words, words, times | words, st.sampled_from(XML))
)


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
