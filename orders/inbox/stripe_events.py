"""Stripe's signed events, as far as the inbox goes: authenticity and identity. What they mean is asked of Stripe."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, Push, Reply, UnreadableError
from orders.shipments.carriers.values import as_dict, body_id, matches, read_json, stamped, text

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
TOLERANCE_SECONDS = 300
# What is told of money that went back.
BACK = ("charge.refund", "refund.", "charge.dispute.")


class UnknownPaymentError(Exception):
    """Money went back of a payment we do not know: a person looks at it."""


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """`t=` and any `v1=`, 300 seconds both ways (the SDK accepts any future time)."""
    stamp, given = stamped(headers.get("stripe-signature", ""))
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignatureError
    for secret in filter(None, secrets):
        expected = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        if any(matches(expected, value) for value in given):
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


def tells_of_reversal(raw: bytes) -> bool:
    """Whether an event, read by `intent_of` already, speaks of a refund or a dispute, whoever made it."""
    return text(read_json(raw).get("type")).startswith(BACK)


def parse(raw: bytes) -> Push:
    return Push(is_ignored=True)


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)
