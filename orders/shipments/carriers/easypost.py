"""EasyPost Tracker events (carriers.md, 3.1)."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Reply, Report, UnreadableError
from orders.shipments.carriers.values import as_dict, as_list, derived_key, read_json, text, utc_time

PREFIX = "hmac-sha256-hex="
STATUS = {
    "unknown": "unknown",
    "error": "unknown",
    "pre_transit": "pre_transit",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "available_for_pickup",
    "delivered": "delivered",
    "return_to_sender": "returning",
    "failure": "delivery_attempted",
    "cancelled": "cancelled",
}
SUBSTATUS = {
    "label_created": "label_created",
    "arrived_at_facility": "arrived_at_facility",
    "departed_facility": "departed_facility",
    "address_correction": "address_issue",
    "arrived_at_pickup_location": "station",
}
FLAGS = {
    "delayed": "delayed",
    "weather_delay": "delayed",
    "held": "held",
    "missorted": "missorted",
    "address_correction": "address_issue",
    "damaged": "damaged",
}
LOST = {"lost": "lost", "damaged": "damaged_total"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """The key is the secret normalised to NFKD. Nothing in it is timed: only the event id stops a replay."""
    given = headers.get("x-hmac-signature", "")
    for secret in secrets:
        key = unicodedata.normalize("NFKD", secret).encode("utf-8")
        expected = PREFIX + hmac.new(key, raw, hashlib.sha256).hexdigest()
        if hmac.compare_digest(expected.encode(), given.encode()):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    return text(body.get("id"), 100) if isinstance(body, dict) else ""


def parse(raw: bytes) -> list[Report]:
    body = read_json(raw)
    tracker = body.get("result")
    if not isinstance(tracker, dict) or tracker.get("object") != "Tracker":
        return []
    number = text(tracker.get("tracking_code"), 60)
    if not number:
        raise UnreadableError("result.tracking_code is missing")
    is_return = tracker.get("is_return") is True
    events = [
        _event(as_dict(row), position, is_return)
        for position, row in enumerate(as_list(tracker.get("tracking_details")))
    ]
    if not events:
        events = [_event({**tracker, "datetime": tracker.get("updated_at") or body.get("created_at")}, 0, is_return)]
    eta = text(tracker.get("est_delivery_date"), 40)
    midnight = "T00:00:00Z"
    return [
        Report(
            number,
            carrier=text(tracker.get("carrier"), 40),
            events=events,
            eta=eta.removesuffix(midnight),
            monitoring="stopped" if tracker.get("finalized") is True else "",
        )
    ]


def _event(row: dict[str, Any], position: int, is_return: bool) -> CarrierEvent:
    code, detail = text(row.get("status"), 40), text(row.get("status_detail"), 40)
    status, substatus = STATUS.get(code, ""), SUBSTATUS.get(detail, "")
    flags = tuple(filter(None, [FLAGS.get(detail, "")]))
    if code == "failure" and detail in LOST:
        status, substatus = "failed", LOST[detail]
    elif code == "failure":
        flags = (*flags, "contact_carrier")
    if code == "in_transit" and detail == "received_at_origin_facility":
        status = "picked_up"
    if code == "delivered" and is_return:
        status = "returned"
    where = row.get("tracking_location")
    place = (
        ", ".join(text(where.get(k), 80) for k in ("city", "state", "country") if text(where.get(k)))
        if isinstance(where, dict)
        else ""
    )
    occurred = utc_time(row.get("datetime"))
    return CarrierEvent(
        key=derived_key("easypost", occurred.isoformat(), code, detail, place, str(position)),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place[:200],
        text=text(row.get("message")),
        raw_code=f"{code}/{detail}"[:80],
        sequence=position,
    )


def reply() -> Reply:
    return Reply(200)
