"""Our native format: Standard Webhooks 1.0.0 (v1 and v1a). For partners: docs/partners.md."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.readings import readings_of
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    eta_text,
    kilograms,
    maybe_time,
    read_json,
    text,
    utc_time,
)
from orders.shipments.fold import RANK

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
TOLERANCE_SECONDS = 300
SAYING = ("status", "flags", "kind", "text", "weight_kg")
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Any entry of a known version by any live key; strict integer timestamp, five minutes both ways."""
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(identifier) or not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignatureError
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadSignatureError
    signed = f"{identifier}.{timestamp}.".encode() + raw
    for entry in headers.get("webhook-signature", "").split():
        version, _, value = entry.partition(",")
        if any(_fits(version, value, signed, secret) for secret in secrets):
            return
    raise BadSignatureError


def _fits(version: str, value: str, signed: bytes, secret: str) -> bool:
    try:
        if version == "v1" and secret.startswith("whsec_"):
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
            expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
            return hmac.compare_digest(expected.encode(), value.encode())
        if version == "v1a" and secret.startswith("whpk_"):
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(secret.removeprefix("whpk_"), validate=True))
            public.verify(base64.b64decode(value, validate=True), signed)
            return True
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return False


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return headers.get("webhook-id", "")


def parse(raw: bytes) -> Push:
    """`type` shipment.updated with `data`: tracking_number, carrier, eta, parcel, signed_by, readings[at, celsius,
    sensor], events[id, occurred_at, status, readings, ...]. Other types are taken and nothing is done."""
    body = read_json(raw)
    if body.get("type") != "shipment.updated":
        return Push(is_ignored=True)
    data = as_dict(body.get("data"))
    number = text(data.get("tracking_number"), 60)
    if not number:
        raise UnreadableError("data.tracking_number is missing")
    rows = [as_dict(row) for row in as_list(data.get("events"))]
    events = [_event(row, position) for position, row in enumerate(rows)]
    return Push(
        [
            Report(
                number,
                carrier=text(data.get("carrier"), 40),
                events=[event for event, row in zip(events, rows, strict=True) if not _only_measured(row)],
                eta=eta_text(data.get("eta")),
                parcel=text(data.get("parcel"), 60),
                signed_by=text(data.get("signed_by"), 120),
                as_of=maybe_time(body.get("timestamp")),
                readings=readings_of(data, *rows),
            )
        ]
    )


def _only_measured(row: dict[str, Any]) -> bool:
    """Such an event is no step of the journey: it would stand there without a word."""
    return bool(row.get("readings")) and not any(row.get(name) for name in SAYING)


def _event(row: dict[str, Any], position: int) -> CarrierEvent:
    status = text(row.get("status"), 24)
    if status and status not in RANK:
        raise UnreadableError(f"unknown status {status}")
    key = text(row.get("id"), 100)
    if not key:
        raise UnreadableError("an event without id")
    classifier = text(row.get("classifier"), 3) or "ACT"
    if classifier not in ("ACT", "EST", "PLN"):
        raise UnreadableError("classifier is none of ACT, EST, PLN")
    return CarrierEvent(
        key=key,
        occurred_at=utc_time(row.get("occurred_at")),
        status=status,
        substatus=text(row.get("substatus"), 40),
        flags=tuple(filter(None, (text(flag, 40) for flag in as_list(row.get("flags"))))),
        place=text(row.get("place"), 200),
        text=text(row.get("text")),
        raw_code=status,
        sequence=position,
        classifier=classifier,
        kind=text(row.get("kind"), 40),
        version=maybe_time(row.get("version")),
        weight_kg=kilograms(row.get("weight_kg")),
    )


def reply(raw: bytes) -> Reply:
    return Reply(202)


def refusal() -> Reply:
    return Reply(401)
