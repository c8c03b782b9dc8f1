"""Shippo track_updated (carriers.md, 3.3): the status is coarse, the substatus tells; answered within three seconds."""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request, Subject
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    customs_words,
    derived_key,
    eta_text,
    matches,
    maybe_dict,
    maybe_time,
    place_of,
    query_token,
    read_json,
    require_token,
    stamped,
    text,
    utc_time,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = "https://api.goshippo.com"
GIVES_UP = True
TOLERANCE_SECONDS = 300
Meaning = tuple[str, str, tuple[str, ...]]

STATUS = {
    "UNKNOWN": "unknown",
    "PRE_TRANSIT": "pre_transit",
    "TRANSIT": "in_transit",
    "DELIVERED": "delivered",
    "RETURNED": "returning",
    "FAILURE": "failed",
}
SUBSTATUS: dict[str, Meaning] = {
    "information_received": ("pre_transit", "info_received", ()),
    "address_issue": ("", "", ("address_issue",)),
    "contact_carrier": ("", "", ("contact_carrier",)),
    "delayed": ("", "", ("delayed",)),
    "delivery_attempted": ("delivery_attempted", "", ()),
    "delivery_rescheduled": ("in_transit", "", ()),
    "delivery_scheduled": ("in_transit", "", ()),
    "location_inaccessible": ("delivery_attempted", "inaccessible", ()),
    "notice_left": ("delivery_attempted", "not_home", ()),
    "out_for_delivery": ("out_for_delivery", "", ()),
    "package_accepted": ("picked_up", "", ()),
    "package_arrived": ("in_transit", "arrived_at_facility", ()),
    "package_damaged": ("", "", ("damaged",)),
    "package_departed": ("in_transit", "departed_facility", ()),
    "package_forwarded": ("in_transit", "forwarded", ()),
    "package_held": ("", "", ("held",)),
    "package_processed": ("in_transit", "", ()),
    "package_processing": ("in_transit", "", ()),
    "pickup_available": ("available_for_pickup", "", ()),
    "reschedule_delivery": ("", "", ("contact_carrier",)),
    "delivered": ("delivered", "", ()),
    "return_to_sender": ("returning", "", ()),
    "package_unclaimed": ("returning", "unclaimed", ()),
    "package_undeliverable": ("failed", "", ()),
    "package_disposed": ("failed", "disposed", ()),
    "package_lost": ("failed", "lost", ()),
}
# What only the text tells; so it does of customs.
BACK = re.compile(
    r"arrived|has been returned|was returned|(delivered|returned) (back )?to (the )?(original )?s(ender|hipper)", re.I
)


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """`t=` and `v1=`, 300 seconds both ways. Accounts without signatures carry the secret as `?token=` of the URL."""
    signature = headers.get("shippo-auth-signature")
    if signature is None:
        return require_token(query_token(headers), secrets)
    stamp, given = stamped(signature)
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignatureError
    for secret in filter(None, secrets):
        signed = stamp.encode() + b"." + raw
        expected = hmac.new(secret.encode("utf-8", "replace"), signed, hashlib.sha256).hexdigest()
        if any(matches(expected, value) for value in given):
            return None
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


def parse(raw: bytes) -> Push:
    """The current status is one of the history, under another id: both give the same key."""
    body = read_json(raw)
    if body.get("event") != "track_updated":
        return Push(is_ignored=True)
    data = as_dict(body.get("data"))
    number = text(data.get("tracking_number"), 60)
    if not number:
        raise UnreadableError("data.tracking_number is missing")
    carrier = text(data.get("carrier"), 40)
    current = maybe_dict(data.get("tracking_status"))
    rows = [as_dict(row) for row in as_list(data.get("tracking_history"))]
    events = {
        event.key: event
        for position, row in enumerate([*rows, *([current] if current else [])])
        if (event := _event(row, position, carrier, number))
    }
    return Push(
        [
            Report(
                number,
                carrier=carrier,
                events=sorted(events.values(), key=lambda event: (event.occurred_at, event.sequence)),
                eta=eta_text(data.get("eta")),
                as_of=maybe_time(current.get("object_updated") or current.get("status_date")),
            )
        ]
    )


def _event(row: dict[str, Any], position: int, carrier: str, number: str) -> CarrierEvent | None:
    """None for the placeholder of a number nobody has scanned yet, which has no time."""
    code, sub = text(row.get("status"), 20), maybe_dict(row.get("substatus"))
    detail, words = text(sub.get("code"), 40), text(row.get("status_details"))
    if code == "UNKNOWN" and not row.get("status_date"):
        return None
    occurred = utc_time(row.get("status_date"))
    status, substatus, flags = meaning(code, detail, words)
    if sub.get("action_required") is True and not flags:
        flags = ("contact_carrier",)
    return CarrierEvent(
        key=derived_key("shippo", carrier, number, code, detail, occurred.isoformat()),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place_of(row.get("location"), "city", "state", "country"),
        text=words,
        raw_code=f"{code}/{detail}",
        sequence=position + 1,
        is_unmapped=code not in STATUS,
    )


def meaning(code: str, detail: str, words: str) -> Meaning:
    status, substatus, flags = SUBSTATUS.get(detail) or (STATUS.get(code, ""), "", ())
    if code == "RETURNED" and BACK.search(words):
        return "returned", "", flags
    if status in ("in_transit", "") and code == "TRANSIT" and (customs := customs_words(words)):
        return "customs", customs[0], tuple(dict.fromkeys([*flags, *customs[1]]))
    return status, substatus, flags


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)


def poll(account: Account, subject: Subject) -> Request:
    """Shippo wants its own word for the carrier (`dhl_express`): the seller's, in small letters. A carrier it does not
    know by that is one without news."""
    name = unicodedata.normalize("NFKC", subject.carrier).casefold()
    carrier = "_".join(re.findall(r"[a-z0-9]+", name)) or "unknown"
    address = f"{account.base}/tracks/{carrier}/{quote(subject.number, safe='')}"
    return Request("GET", address, {"Authorization": f"ShippoToken {account.key}"})


def answered(raw: bytes) -> Answered:
    """What `data` of a push is. A number nobody has scanned has no status or an unknown one without a time."""
    track = read_json(raw)
    if not track.get("tracking_history") and not maybe_dict(track.get("tracking_status")).get("status_date"):
        return Answered()
    return Answered([json.dumps({"event": "track_updated", "data": track}).encode()])
