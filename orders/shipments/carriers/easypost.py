"""EasyPost Tracker events (carriers.md, 3.1)."""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request, Subject, first_of, with_query
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    body_id,
    customs_words,
    derived_key,
    eta_text,
    kilograms,
    matches,
    maybe_time,
    place_of,
    read_json,
    text,
    utc_time,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = "https://api.easypost.com"
GIVES_UP = False

OUNCE = Decimal("0.028349523125")  # kg
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
    "received_at_destination_facility": "arrived_at_facility",
    "departed_facility": "departed_facility",
    "arrived_at_destination": "destination_city",
    "transferred_to_destination_carrier": "forwarded",
    "arrived_at_pickup_location": "station",
}
FLAGS = {
    "delayed": "delayed",
    "weather_delay": "delayed",
    "held": "held",
    "missorted": "missorted",
    "address_correction": "address_issue",
    "damaged": "damaged",
    "delivery_exception": "contact_carrier",
    "transit_exception": "contact_carrier",
    "awaiting_information": "contact_carrier",
}
# Details that only raise a flag and leave the status as it is, where their status says no more than "on the way".
ONLY_FLAGS = {"delayed", "weather_delay", "held", "missorted", "address_correction"}
COARSE = {"in_transit", "unknown", "error"}
# Of a return all that is on the way is on its way back.
ON_THE_WAY = {"picked_up", "in_transit", "customs", "out_for_delivery", "delivery_attempted", "available_for_pickup"}
# Details that say more than their status.
MOVING = {
    "received_at_origin_facility": ("picked_up", ""),
    "out_for_delivery": ("out_for_delivery", ""),
    "arrived_at_pickup_location": ("available_for_pickup", "station"),
    "return": ("returning", ""),
}
FAILURES = {
    "failure": {
        "lost": ("failed", "lost"),
        "damaged": ("failed", "damaged_total"),
        "refused": ("delivery_attempted", "refused_pending"),
        "address_correction": ("delivery_attempted", "address_issue"),
        "return": ("returning", ""),
        "cancelled": ("cancelled", "order_cancelled"),
    },
    "return_to_sender": {"refused": ("returning", "refused"), "return": ("returning", "")},
}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """The key is the secret normalised to NFKD. Nothing in it is timed: only the event id stops a replay."""
    given = headers.get("x-hmac-signature", "")
    for secret in secrets:
        key = unicodedata.normalize("NFKD", secret).encode("utf-8")
        expected = PREFIX + hmac.new(key, raw, hashlib.sha256).hexdigest()
        if matches(expected, given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return body_id(raw, "id")


def parse(raw: bytes) -> Push:
    """Batches, refunds, reports and the like come to the same address: taken and left alone."""
    body = read_json(raw)
    tracker = body.get("result")
    if not isinstance(tracker, dict) or tracker.get("object") != "Tracker":
        return Push(is_ignored=True)
    number = text(tracker.get("tracking_code"), 60)
    if not number:
        raise UnreadableError("result.tracking_code is missing")
    is_return, weight = tracker.get("is_return") is True, _kilograms(tracker.get("weight"))
    rows = as_list(tracker.get("tracking_details"))
    if not rows:
        rows = [{**tracker, "datetime": tracker.get("updated_at") or body.get("created_at")}]
    events = [_event(as_dict(row), position, number, is_return) for position, row in enumerate(rows)]
    newest = max(range(len(events)), key=lambda index: (events[index].occurred_at, index))
    events[newest] = replace(events[newest], weight_kg=weight)
    return Push(
        [
            Report(
                number,
                carrier=text(tracker.get("carrier"), 40),
                events=events,
                eta=eta_text(tracker.get("est_delivery_date")),
                monitoring="stopped" if tracker.get("finalized") is True else "active",
                signed_by=text(tracker.get("signed_by"), 120),
                as_of=maybe_time(tracker.get("updated_at") or body.get("created_at")),
            )
        ]
    )


def _kilograms(ounces: Any) -> Decimal | None:
    """Of a tracker, in whole grams; said of the whole, it goes to its newest scan."""
    try:
        return kilograms(str(round(Decimal(text(ounces, 20)) * OUNCE, 3)))
    except InvalidOperation:
        return None


def _event(row: dict[str, Any], position: int, number: str, is_return: bool) -> CarrierEvent:
    """Every time ends in Z, though some carriers give their local one: as it is written it is kept too."""
    code, detail = text(row.get("status"), 40), text(row.get("status_detail"), 40)
    status, substatus, flags = canonical(code, detail, f"{text(row.get('message'))} {text(row.get('description'))}")
    if is_return and (status == "delivered" or status in ON_THE_WAY):
        status, substatus = "returned" if status == "delivered" else "returning", ""
    place = place_of(row.get("tracking_location"), "city", "state", "country")
    occurred = utc_time(row.get("datetime"))
    return CarrierEvent(
        key=derived_key("easypost", number, occurred.isoformat(), code, detail, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place,
        text=text(row.get("message")),
        raw_code=f"{code}/{detail}"[:80],
        sequence=position + 1,
        local_time=text(row.get("datetime"), 40).strip().removesuffix("Z"),
        is_unmapped=code not in STATUS,
    )


def canonical(code: str, detail: str, words: str = "") -> tuple[str, str, tuple[str, ...]]:
    """Status, substatus and flags. A failure without a detail we know is an attempt a person should look at. Customs
    stand in the text only."""
    status, substatus = STATUS.get(code, ""), SUBSTATUS.get(detail, "")
    flags = tuple(filter(None, [FLAGS.get(detail, "")]))
    if code in FAILURES:
        status, substatus = FAILURES[code].get(detail, (status, substatus))
        if code == "failure" and detail not in FAILURES[code] and not flags:
            flags = ("contact_carrier",)
    elif code == "in_transit" and detail in MOVING:
        status, substatus = MOVING[detail]
    elif code in COARSE and detail in ONLY_FLAGS:
        status, substatus = "", ""
    if code in COARSE and status in ("in_transit", "") and (customs := customs_words(words)):
        return "customs", customs[0], tuple(dict.fromkeys([*flags, *customs[1]]))
    return status, substatus, flags


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)


def poll(account: Account, subject: Subject) -> Request:
    """The list of trackers, narrowed to one code: the key is the user of basic authentication, without a password."""
    shown = base64.b64encode(f"{account.key}:".encode("utf-8", "replace")).decode()
    address = with_query(f"{account.base}/v2/trackers", tracking_code=subject.number)
    return Request("GET", address, {"Authorization": f"Basic {shown}"})


def answered(raw: bytes) -> Answered:
    """The newest tracker of the code, as the event that would have brought it. One without a scan says nothing but
    when it was last looked at, which is no news."""
    tracker = first_of(read_json(raw).get("trackers"))
    if tracker is None or not tracker.get("tracking_details"):
        return Answered()
    event = {"object": "Event", "description": "tracker.updated", "result": {"object": "Tracker", **tracker}}
    return Answered([json.dumps(event).encode()])
