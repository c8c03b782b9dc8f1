"""DCSA Track & Trace 2.2 and 3.0 (carriers.md, 3.7): sea freight by container, with plans and corrections."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orders.shipments.carriers import base, dcsa_v3
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.dcsa_api import AT_ONCE, RENEWED, answered, poll, subscribe, subscribed
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    count_of,
    matches,
    maybe_dict,
    maybe_time,
    read_any,
    text,
    utc_time,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = ""  # each carrier has its own
GIVES_UP = True
__all__ = ["AT_ONCE", "RENEWED", "answered", "poll", "subscribe", "subscribed"]
Meaning = tuple[str, str, str, tuple[str, ...]]
NOTHING: Meaning = ("", "", "", ())

# Milestone, status, substatus, flags. By event code and document; the code alone; the document alone.
SHIPMENT: dict[tuple[str, str], Meaning] = {
    ("RECE", "CBR"): ("booking_requested", "", "", ()),
    ("RECE", "BKG"): ("booking_requested", "", "", ()),
    ("CONF", "BKG"): ("booking_confirmed", "pre_transit", "booking_confirmed", ()),
    ("CONF", "CBR"): ("booking_confirmed", "pre_transit", "booking_confirmed", ()),
    ("VOID", "BKG"): ("", "cancelled", "order_cancelled", ()),
    ("VOID", "CBR"): ("", "cancelled", "order_cancelled", ()),
    ("ISSU", "TRD"): ("bl_issued", "", "", ()),
    ("SURR", "TRD"): ("bl_surrendered", "", "", ()),
    ("HOLD", ""): ("customs_hold", "customs", "customs_hold", ("held",)),
    ("RELS", ""): ("released", "customs", "customs_released", ()),
    ("ISSU", "ARN"): ("arrival_notice", "", "", ()),
    ("SUBM", "ARN"): ("arrival_notice", "", "", ()),
    ("CONF", "ARN"): ("arrival_notice", "", "", ()),
    ("SUBM", "CUS"): ("", "customs", "customs_processing", ()),
    ("RECE", "CUS"): ("", "customs", "customs_processing", ()),
    ("PENA", "CUS"): ("", "customs", "customs_pending", ()),
    ("PENU", "CUS"): ("", "customs", "customs_pending", ("customs_info_required",)),
    ("APPR", "CUS"): ("", "customs", "customs_released", ()),
    ("CMPL", "CUS"): ("", "customs", "customs_released", ()),
    ("REJE", "CUS"): ("", "customs", "customs_hold", ("held",)),
    ("", "CUS"): ("", "customs", "customs_processing", ()),
}
SHIPMENT_CODES = set("RECE DRFT PENA PENU REJE APPR ISSU SURR SUBM VOID CONF REQS CMPL HOLD RELS".split())

# By event code and load; where it depends, first at the origin, then elsewhere.
EQUIPMENT: dict[tuple[str, str], tuple[Meaning, Meaning]] = {
    ("GTOT", "EMPTY"): (("empty_pickup", "pre_transit", "", ()), ("empty_pickup", "", "", ())),
    ("STUF", ""): (("stuffed", "pre_transit", "", ()), ("stuffed", "pre_transit", "", ())),
    ("GTIN", "LADEN"): (("gate_in", "picked_up", "", ()), ("gate_in", "in_transit", "arrived_at_facility", ())),
    ("LOAD", ""): (("loaded", "in_transit", "", ()), ("loaded", "in_transit", "", ())),
    ("DISC", ""): (("discharged", "in_transit", "", ()), ("discharged", "in_transit", "", ())),
    ("GTOT", "LADEN"): (("gate_out", "in_transit", "departed_facility", ()), ("gate_out", "out_for_delivery", "", ())),
    ("STRP", ""): (("stripped", "", "", ()), ("stripped", "", "", ())),
    ("GTIN", "EMPTY"): (("", "", "", ()), ("empty_return", "delivered", "", ())),
}
EQUIPMENT_CODES = set("LOAD DISC GTIN GTOT STUF STRP PICK DROP INSP RSEA RMVD".split())
TRANSPORT = {"ARRI": ("arrived", "arrived"), "DEPA": ("departed", "departed")}
MODES = {"VESSEL": "vessel", "RAIL": "rail", "TRUCK": "truck", "BARGE": "barge", "": "vessel"}
DOCUMENTS = {"BKG": "booking", "CBR": "booking", "TRD": "bill_of_lading"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """HMAC-SHA256 of the body bytes, key the base64-decoded secret. Some carriers still send the older header name."""
    given = headers.get("notification-signature") or headers.get("signature") or ""
    for secret in filter(None, secrets):
        try:
            key = base64.b64decode(secret, validate=True)
        except (binascii.Error, ValueError):
            continue
        if key and matches("sha256=" + hmac.new(key, raw, hashlib.sha256).hexdigest(), given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


@dataclass(frozen=True)
class _Told:
    """An event with the numbers it names."""

    event: CarrierEvent
    containers: tuple[str, ...]
    booking: str
    bill_of_lading: str

    @property
    def papers(self) -> set[str]:
        return {self.booking, self.bill_of_lading} - {""}


def parse(raw: bytes) -> Push:
    """An array of events (2.2) or an object around one (3.0), by shape; one report per container."""
    body = read_any(raw)
    if isinstance(body, dict) and "events" in body:
        rows = [dcsa_v3.flatten(as_dict(row)) for row in as_list(body["events"])]
    else:
        rows = [as_dict(row) for row in (body if isinstance(body, list) else [as_dict(body)])]
    told = [_told(row) for row in rows]
    return Push(_by_container(told), is_ignored=not told)


def _by_container(told: list[_Told]) -> list[Report]:
    """What names no container counts for all those of its booking or bill of lading; alone it goes by that number."""
    groups: dict[str, list[_Told]] = {}
    for one in told:
        for container in one.containers:
            groups.setdefault(container, []).append(one)
    papers = {container: set[str]().union(*(one.papers for one in group)) for container, group in groups.items()}
    for one in (one for one in told if not one.containers):
        shared = [container for container in papers if papers[container] & one.papers]
        if not shared and not one.papers and len(papers) == 1 and not one.event.is_retracted:
            shared = list(papers)
        for number in shared or [one.booking or one.bill_of_lading]:
            groups.setdefault(number, []).append(one)
    if any(not number and not all(one.event.is_retracted for one in group) for number, group in groups.items()):
        raise UnreadableError("an event names no container, booking or bill of lading")
    return [_report(number, group, number if number in papers else "") for number, group in groups.items()]


def _report(number: str, group: list[_Told], container: str) -> Report:
    references = {
        "container": container,
        "booking": next((one.booking for one in group if one.booking), ""),
        "bill_of_lading": next((one.bill_of_lading for one in group if one.bill_of_lading), ""),
    }
    return Report(
        number,
        events=[one.event for one in group],
        parcel=container,
        references={kind: value for kind, value in references.items() if value},
        as_of=max((one.event.version for one in group if one.event.version), default=None),
    )


def _told(row: dict[str, Any]) -> _Told:
    key = text(row.get("eventID"))
    if not 0 < len(key) <= 100:
        raise UnreadableError("eventID is missing or longer than we keep")
    call = maybe_dict(row.get("transportCall"))
    classifier = text(row.get("eventClassifierCode"), 3) or "ACT"
    if classifier not in ("ACT", "EST", "PLN"):
        raise UnreadableError("eventClassifierCode is none of ACT, EST, PLN")
    retracted = row.get("isRetracted") is True
    version = maybe_time(row.get("eventCreatedDateTime"))
    kind, status, substatus, flags = NOTHING if retracted else meaning(row)
    group = text(row.get("eventType"), 20)
    event = CarrierEvent(
        key=key,
        occurred_at=_retracted_at(row, version) if retracted else utc_time(row.get("eventDateTime")),
        status=status,
        substatus=substatus,
        flags=(*flags, "delayed") if row.get("delayReasonCode") and classifier == "ACT" else flags,
        place=_place(row, call),
        text=text(row.get("reason") or row.get("changeRemark")),
        raw_code=_raw_code(row),
        sequence=count_of(call.get("transportCallSequenceNumber")),
        classifier=classifier,
        kind=kind,
        group=group,
        location=_location(row, call),
        version=version,
        is_retracted=retracted,
        is_unmapped=not retracted and not _is_known(row),
    )
    return _with_numbers(event, row)


def _retracted_at(row: dict[str, Any], version: datetime | None) -> datetime:
    """A retraction need not carry any time, and nothing is dated by it."""
    return version or maybe_time(row.get("eventDateTime")) or datetime.fromtimestamp(0, UTC)


def _with_numbers(event: CarrierEvent, row: dict[str, Any]) -> _Told:
    references = [maybe_dict(one) for one in as_list(row.get("references"))]
    containers = [row.get("equipmentReference")]
    containers += [one.get("referenceValue") for one in references if one.get("referenceType") == "EQ"]
    numbers = {"booking": "", "bill_of_lading": ""}
    papers = [(row.get("documentTypeCode"), row.get("documentID"))]
    listed = map(maybe_dict, as_list(row.get("documentReferences")))
    papers += [(one.get("documentReferenceType"), one.get("documentReferenceValue")) for one in listed]
    for sort, value in papers:
        name = DOCUMENTS.get(text(sort, 10))
        if name and not numbers[name]:
            numbers[name] = _number(value)
    found = tuple(dict.fromkeys(filter(None, map(_number, containers))))
    return _Told(event, found, numbers["booking"], numbers["bill_of_lading"])


def _number(value: Any) -> str:
    return "".join(text(value, 60).split())


def meaning(row: Mapping[str, Any]) -> Meaning:
    """Milestone, status, substatus and flags of one event. Origin is the first transport call, or one without count."""
    call = maybe_dict(row.get("transportCall"))
    at = count_of(call.get("transportCallSequenceNumber"))
    match text(row.get("eventType"), 20):
        case "SHIPMENT":
            code, document = text(row.get("shipmentEventTypeCode"), 10), text(row.get("documentTypeCode"), 10)
            return SHIPMENT.get((code, document)) or SHIPMENT.get((code, "")) or SHIPMENT.get(("", document), NOTHING)
        case "TRANSPORT":
            done, substatus = TRANSPORT.get(text(row.get("transportEventTypeCode"), 10), ("", ""))
            mode = MODES.get(text(call.get("modeOfTransport"), 10).upper(), "")
            return (f"{mode}_{done}" if mode else "", "in_transit", substatus, ()) if done else NOTHING
        case "EQUIPMENT":
            code, load = text(row.get("equipmentEventTypeCode"), 10), text(row.get("emptyIndicatorCode"), 10)
            if code == "STRP" and _facility(row, call) == "CLOC":
                return "stripped", "delivered", "", ()
            origin, elsewhere = EQUIPMENT.get((code, load)) or EQUIPMENT.get((code, ""), (NOTHING, NOTHING))
            leaves = (code == "GTOT" and load == "LADEN") or (code == "GTIN" and load == "EMPTY")
            return origin if at == 1 or (at == 0 and not leaves) else elsewhere
    return NOTHING


def _is_known(row: dict[str, Any]) -> bool:
    return (
        text(row.get("shipmentEventTypeCode"), 10) in SHIPMENT_CODES
        or text(row.get("equipmentEventTypeCode"), 10) in EQUIPMENT_CODES
        or text(row.get("transportEventTypeCode"), 10) in TRANSPORT
        or text(row.get("eventType"), 10) in ("IOT", "REEFER")
    )


def _raw_code(row: dict[str, Any]) -> str:
    names = ("shipmentEventTypeCode", "documentTypeCode", "transportEventTypeCode", "equipmentEventTypeCode")
    return "/".join(filter(None, (text(row.get(name), 20) for name in (*names, "emptyIndicatorCode"))))[:80]


def _facility(row: Mapping[str, Any], call: dict[str, Any]) -> str:
    return text(call.get("facilityTypeCode") or maybe_dict(row.get("eventLocation")).get("facilityTypeCode"), 10)


def _location(row: dict[str, Any], call: dict[str, Any]) -> str:
    where, at = maybe_dict(row.get("eventLocation")), maybe_dict(call.get("location"))
    return text(where.get("UNLocationCode") or call.get("UNLocationCode") or at.get("UNLocationCode"), 10)


def _place(row: dict[str, Any], call: dict[str, Any]) -> str:
    """A name where one is given; never the people of an address."""
    for where in (maybe_dict(row.get("eventLocation")), maybe_dict(call.get("location"))):
        city = text(maybe_dict(where.get("address")).get("city"), 80)
        if found := text(where.get("locationName"), 120) or city:
            return ", ".join(filter(None, [found, text(where.get("UNLocationCode"), 10)]))
    return _location(row, call)


def reply(raw: bytes) -> Reply:
    return Reply(204)


def refusal() -> Reply:
    return Reply(401)
