from datetime import datetime
from typing import Any

import pytest

from orders.shipments.carriers import dcsa_tnt as adapter
from orders.shipments.carriers.base import UnreadableError
from tests.orders.shipments.carriers.bodies import AT, dcsa, encode, meaning_of, read, read_event

ORIGIN, LATER = {"transportCallSequenceNumber": 1}, {"transportCallSequenceNumber": 3}
SHIPMENT = [
    ("RECE", "CBR", "booking_requested", "", "", set()),
    ("RECE", "BKG", "booking_requested", "", "", set()),
    ("CONF", "BKG", "booking_confirmed", "pre_transit", "booking_confirmed", set()),
    ("CONF", "CBR", "booking_confirmed", "pre_transit", "booking_confirmed", set()),
    ("VOID", "BKG", "", "cancelled", "order_cancelled", set()),
    ("VOID", "CBR", "", "cancelled", "order_cancelled", set()),
    ("ISSU", "TRD", "bl_issued", "", "", set()),
    ("SURR", "TRD", "bl_surrendered", "", "", set()),
    ("HOLD", "CUS", "customs_hold", "customs", "customs_hold", {"held"}),
    ("RELS", "SRM", "released", "customs", "customs_released", set()),
    ("ISSU", "ARN", "arrival_notice", "", "", set()),
    ("SUBM", "ARN", "arrival_notice", "", "", set()),
    ("CONF", "ARN", "arrival_notice", "", "", set()),
    ("RECE", "CUS", "", "customs", "customs_processing", set()),
    ("PENA", "CUS", "", "customs", "customs_pending", set()),
    ("CMPL", "CUS", "", "customs", "customs_released", set()),
    ("REQS", "CUS", "", "customs", "customs_processing", set()),
    ("HOLD", "BKG", "customs_hold", "customs", "customs_hold", {"held"}),
    ("RELS", "CUS", "released", "customs", "customs_released", set()),
    ("SUBM", "CUS", "", "customs", "customs_processing", set()),
    ("PENU", "CUS", "", "customs", "customs_pending", {"customs_info_required"}),
    ("APPR", "CUS", "", "customs", "customs_released", set()),
    ("REJE", "CUS", "", "customs", "customs_hold", {"held"}),
    ("DRFT", "SHI", "", "", "", set()),
]
EQUIPMENT: list[tuple[str, str, dict[str, Any], str, str, str]] = [
    ("GTOT", "EMPTY", ORIGIN, "empty_pickup", "pre_transit", ""),
    ("STUF", "LADEN", ORIGIN, "stuffed", "pre_transit", ""),
    ("GTIN", "LADEN", ORIGIN, "gate_in", "picked_up", ""),
    ("GTIN", "LADEN", LATER, "gate_in", "in_transit", "arrived_at_facility"),
    ("LOAD", "LADEN", ORIGIN, "loaded", "in_transit", ""),
    ("DISC", "LADEN", LATER, "discharged", "in_transit", ""),
    ("GTOT", "LADEN", LATER, "gate_out", "out_for_delivery", ""),
    ("GTOT", "LADEN", {}, "gate_out", "out_for_delivery", ""),
    ("GTOT", "LADEN", ORIGIN, "gate_out", "in_transit", "departed_facility"),
    ("STRP", "LADEN", LATER | {"facilityTypeCode": "CLOC"}, "stripped", "delivered", ""),
    ("STRP", "LADEN", LATER | {"facilityTypeCode": "COFS"}, "stripped", "", ""),
    ("GTIN", "EMPTY", LATER, "empty_return", "delivered", ""),
    ("GTIN", "EMPTY", ORIGIN, "", "", ""),
    ("INSP", "LADEN", LATER, "", "", ""),
]


@pytest.mark.parametrize(("code", "document", "kind", "status", "substatus", "flags"), SHIPMENT)
def test_shipment_event_means(
    code: str, document: str, kind: str, status: str, substatus: str, flags: set[str]
) -> None:
    event = read_event("dcsa_tnt", [dcsa("SHIPMENT", code, documentTypeCode=document, documentID="D1")])

    assert (event.kind, *meaning_of(event)) == (kind, status, substatus, flags)


@pytest.mark.parametrize(("code", "load", "call", "kind", "status", "substatus"), EQUIPMENT)
def test_equipment_event_means(
    code: str, load: str, call: dict[str, Any], kind: str, status: str, substatus: str
) -> None:
    event = read_event("dcsa_tnt", [dcsa("EQUIPMENT", code, call=call, emptyIndicatorCode=load)])

    assert (event.kind, event.status, event.substatus) == (kind, status, substatus)
    assert not event.is_unmapped


@pytest.mark.parametrize(
    ("mode", "name"), [("VESSEL", "vessel"), ("RAIL", "rail"), ("TRUCK", "truck"), ("BARGE", "barge")]
)
@pytest.mark.parametrize(("code", "done"), [("ARRI", "arrived"), ("DEPA", "departed")])
def test_transport_event_means(code: str, done: str, mode: str, name: str) -> None:
    event = read_event("dcsa_tnt", [dcsa("TRANSPORT", code, call={"modeOfTransport": mode})])

    assert (event.kind, event.status, event.substatus) == (f"{name}_{done}", "in_transit", done)


def test_containers_are_reports_and_papers_without_one_count_for_theirs() -> None:
    booking = [{"documentReferenceType": "BKG", "documentReferenceValue": "B1"}]
    other = [{"referenceType": "EQ", "referenceValue": "MSKU0000000"}]
    rows = [
        dcsa("EQUIPMENT", "LOAD", key="a", documentReferences=booking),
        dcsa("EQUIPMENT", "DISC", key="b", documentReferences=booking, references=other),
        dcsa("SHIPMENT", "CONF", key="c", documentTypeCode="BKG", documentID="B1", references=[]),
        dcsa("SHIPMENT", "CONF", key="d", documentTypeCode="BKG", documentID="B2", references=[]),
    ]

    reports = adapter.parse(encode("dcsa_tnt", rows)).reports

    told = {r.tracking_number: ([e.key for e in r.events], r.parcel) for r in reports}
    assert told == {
        "APZU4812090": (["a", "c"], "APZU4812090"),
        "MSKU0000000": (["b", "c"], "MSKU0000000"),
        "B2": (["d"], ""),
    }
    assert reports[0].numbers == ["APZU4812090", "B1"]


V3 = {
    "eventID": "evt-1",
    "eventDateTime": AT,
    "eventUpdatedDateTime": "2026-11-01T11:00:00Z",
    "eventLocation": {"UNLocationCode": "NLRTM", "locationName": "Yard"},
    "equipmentDetails": {"equipmentReference": "APZU4812090", "emptyIndicatorCode": "LADEN"},
    "shipmentDetails": {"documentReference": {"type": "BOOKING", "reference": "B1"}},
}


@pytest.mark.parametrize(
    "classification",
    [
        {"eventTypeCode": "EQUIPMENT", "eventClassifierCode": "ACT", "equipmentEventTypeCode": "LOAD"},
        {"eventType": "EQUIPMENT", "eventClassifier": "ACTUAL", "equipmentEventType": "LOADED"},
    ],
)
def test_version_three_is_read_by_its_shape(classification: dict[str, str]) -> None:
    report = read("dcsa_tnt", {"events": [V3 | {"eventClassification": classification}]})

    event = report.events[0]
    assert (report.tracking_number, report.references["booking"]) == ("APZU4812090", "B1")
    assert (event.kind, event.status, event.location, event.classifier) == ("loaded", "in_transit", "NLRTM", "ACT")


@pytest.mark.parametrize("more", [{}, {"eventUpdatedDateTime": AT}, {"eventDateTime": AT}, {"eventDateTime": "soon"}])
def test_retraction_needs_no_more_than_the_event_id(more: dict[str, str]) -> None:
    report = read("dcsa_tnt", {"events": [{"eventID": "evt-1", "isRetracted": True} | more]})

    (event,) = report.events
    version = AT if "eventUpdatedDateTime" in more else ""
    assert (report.numbers, event.is_retracted) == ([], True)
    assert event.version == (datetime.fromisoformat(version) if version else None)


@pytest.mark.parametrize(
    "changes",
    [{"references": []}, {"eventClassifierCode": "REQ"}, {"eventID": ""}, {"eventID": "x" * 101}, {"eventDateTime": 1}],
)
def test_event_without_what_it_needs_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError):
        adapter.parse(encode("dcsa_tnt", [dcsa("EQUIPMENT", "LOAD", **changes)]))


def test_planned_and_estimated_are_told_apart_and_a_reason_marks_a_delay() -> None:
    actual = read_event("dcsa_tnt", [dcsa("TRANSPORT", "ARRI", delayReasonCode="WEA")])
    planned = read_event("dcsa_tnt", [dcsa("TRANSPORT", "ARRI", eventClassifierCode="PLN")])

    assert (actual.classifier, actual.flags, planned.classifier) == ("ACT", ("delayed",), "PLN")


def test_people_of_an_address_are_not_kept() -> None:
    where = {"locationName": "Terminal 5", "UNLocationCode": "DEHAM", "address": {"name": "Henrik", "city": "Hamburg"}}

    assert read_event("dcsa_tnt", [dcsa("EQUIPMENT", "LOAD", eventLocation=where)]).place == "Terminal 5, DEHAM"
