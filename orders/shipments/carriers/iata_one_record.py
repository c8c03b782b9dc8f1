"""IATA ONE Record (carriers.md, 3.10): events of air cargo as JSON-LD; notifications only say what to fetch."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orders.shipments.carriers import base
from orders.shipments.carriers.base import CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request
from orders.shipments.carriers.values import bearer, derived_key, maybe_time, read_json, require_token, text, utc_time

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = ""  # each partner has a server of its own
GIVES_UP = True
EVENTS_OF = "/logistics-events"
MOST = 50  # events taken of one object

# Code: status, substatus, flags, milestone.
CODES: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "BKD": ("pre_transit", "booking_confirmed", (), "booking_confirmed"),
    "RCS": ("picked_up", "", (), "received_from_shipper"),
    "MAN": ("in_transit", "", (), "manifested"),
    "DEP": ("in_transit", "departed", (), "departed"),
    "ARR": ("in_transit", "arrived", (), "arrived"),
    "RCF": ("in_transit", "arrived_at_facility", (), "received_from_flight"),
    "TFD": ("in_transit", "forwarded", (), "transferred"),
    "NFD": ("available_for_pickup", "", (), "consignee_notified"),
    "AWD": ("", "", (), "documents_delivered"),
    "DLV": ("delivered", "", (), "delivered"),
    "DIS": ("", "", ("contact_carrier",), "discrepancy"),
}
CLASSIFIERS = {"actual": "ACT", "estimated": "EST", "planned": "PLN", "requested": "PLN", "": "ACT"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    require_token(bearer(headers), secrets)


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    """The event's own address, where it has one; a notification has none."""
    try:
        body = read_json(raw)
    except UnreadableError:
        return ""
    own = text(body.get("@id"), 400) if _is_event(body) else ""
    return own if len(own) <= 100 else ""


def parse(raw: bytes) -> Push:
    body = read_json(raw)
    if _is_event(body):
        return Push([_report(body)])
    if _word(body, "@type") == "Notification":
        about = text(_value(_field(body, "referencesLogisticsObject")), 400)
        return Push(thin=(about,) if about else ("",))
    return Push(is_ignored=True)


def _is_event(body: dict[str, Any]) -> bool:
    return _word(body, "@type") == "LogisticsEvent"


def _report(body: dict[str, Any]) -> Report:
    number = text(_value(_field(body, "linkedObject")) or _value(_field(body, "eventFor")), 200)
    if not number:
        raise UnreadableError("linkedObject is missing")
    code = text(_value(_field(body, "eventCode")), 40).rpartition("#")[2][:10].upper()
    status, substatus, flags, kind = CODES.get(code, ("", "", (), ""))
    created = _value(_field(body, "creationDate"))
    occurred = utc_time(_value(_field(body, "eventDate")) or created)
    classifier = CLASSIFIERS.get(_word(body, "eventTimeType").lower())
    if classifier is None:
        raise UnreadableError("eventTimeType is none we know")
    own = text(body.get("@id"), 400)
    event = CarrierEvent(
        key=own if 0 < len(own) <= 100 else derived_key("iata", number, occurred.isoformat(), code, classifier, own),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=text(_value(_field(body, "recordedAtLocation")) or _value(_field(body, "eventLocation")), 200),
        text=text(_value(_field(body, "eventName"))),
        raw_code=code,
        classifier=classifier,
        kind=kind,
        version=maybe_time(created),
        is_unmapped=code not in CODES,
    )
    return Report(number, events=[event], as_of=event.version or occurred)


def _field(body: dict[str, Any], name: str) -> Any:
    """A term with or without its prefix, or spelt out as an address."""
    for key, value in body.items():
        if key == name or key.endswith((f":{name}", f"#{name}", f"/{name}")):
            return value
    return None


def _value(value: Any) -> Any:
    """The plain value of a JSON-LD node: its literal, its code, its name or its address."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        inner = (value.get("@value"), _field(value, "code"), value.get("@id"), _field(value, "locationName"))
        return next((found for found in inner if isinstance(found, str) and found), "")
    return value


def _word(body: dict[str, Any], name: str) -> str:
    """The last part of a term: `cargo:LogisticsEvent` and its long address are both LogisticsEvent."""
    written = text(_value(body.get("@type") if name == "@type" else _field(body, name)), 200)
    return written.replace("#", ":").replace("/", ":").rpartition(":")[2]


def reply(raw: bytes) -> Reply:
    """201 for an event we now keep, 204 for a notification."""
    try:
        return Reply(201 if _is_event(read_json(raw)) else 204)
    except UnreadableError:
        return Reply(204)


def refusal() -> Reply:
    return Reply(401)


def fetch(account: Account, address: str) -> Request:
    """Only for an address the caller found to be the partner's own: the key goes with it."""
    return Request("GET", address, {"Authorization": f"Bearer {account.key}", "Accept": "application/ld+json"})


def fetched(raw: bytes, address: str) -> Answered:
    """An event is news itself. An object or a collection has some inside, or names them by their addresses; an object
    that has none at all keeps them beside it."""
    body = read_json(raw)
    if _is_event(body):
        return Answered([raw])
    owner = address.removesuffix(EVENTS_OF)
    listed = [_field(body, name) for name in ("events", "hasItem")] + [body.get("@graph")]
    rows = [row for found in listed for row in (found if isinstance(found, list) else [found])]
    nodes = [row if isinstance(row, dict) else {"@id": row} for row in rows if isinstance(row, dict | str)][:MOST]
    bodies = [{**node, **_of(owner, node)} for node in nodes if _is_event(node)]
    thin = [text(node.get("@id"), 400) for node in nodes if not node.get("@type")]
    if not nodes and owner == address:
        thin = [address.rstrip("/") + EVENTS_OF]
    return Answered([json.dumps(event).encode() for event in bodies], tuple(filter(None, thin)))


def _of(owner: str, node: dict[str, Any]) -> dict[str, Any]:
    """Inside its object an event need not say whose it is."""
    is_told = _value(_field(node, "linkedObject")) or _value(_field(node, "eventFor"))
    return {} if is_told else {"linkedObject": {"@id": owner}}
