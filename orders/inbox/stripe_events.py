"""Stripe's signed events, as far as the inbox goes: authenticity and identity. What they mean is asked of Stripe."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, Push, Reply, UnreadableError
from orders.shipments.carriers.values import as_dict, body_id, read_json, text

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES

TOLERANCE_SECONDS = 300


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """`t=` and any `v1=`, 300 seconds both ways (the SDK accepts any future time)."""
    parts = [part.split("=", 1) for part in headers.get("stripe-signature", "").split(",") if "=" in part]
    stamps = [value for name, value in parts if name.strip() == "t"]
    given = [value for name, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise BadSignatureError
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE_SECONDS:
        raise BadSignatureError
    for secret in secrets:
        expected = hmac.new(secret.encode(), stamps[0].encode() + b"." + raw, hashlib.sha256).hexdigest()
        if any(hmac.compare_digest(expected.encode(), value.encode("utf-8", "replace")) for value in given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return body_id(raw, "id")


def intent_of(raw: bytes) -> str:
    """The payment intent an event speaks of, or empty for other objects. Raises UnreadableError."""
    body = read_json(raw)
    thing = as_dict(as_dict(body.get("data")).get("object"))
    if thing.get("object") == "payment_intent":
        return text(thing.get("id"), 100)
    intent = text(thing.get("payment_intent"), 100)
    if not intent and not text(body.get("type")):
        raise UnreadableError("an event without type")
    return intent


def parse(raw: bytes) -> Push:
    return Push(is_ignored=True)


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)
