"""DHL Shipment Tracking Unified, Push (carriers.md, 3.8): several shipments a push, the finer steps only in words."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from orders.shipments.carriers import base
from orders.shipments.carriers.base import CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request, Subject, with_query
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    derived_key,
    eta_text,
    local_text,
    maybe_dict,
    maybe_time,
    place_of,
    query_token,
    read_json,
    require_token,
    text,
    utc_time,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = "https://api-eu.dhl.com"
SUBSCRIPTIONS = "/tracking/push/v1/subscription"
TRACKING = "/track/shipments"  # Shipment Tracking - Unified, with the same key
GIVES_UP = True
AT_ONCE = 10
RENEWED: timedelta | None = None  # how long one lasts is unconfirmed
WANTS_SERVICE = True  # express, parcel-de, post-de, ecommerce: the division that carries
EVENTS = ["Pre-Transit", "Transit", "Delivered", "Failure", "Unknown"]
HEADER = "x-partner-token"
Meaning = tuple[str, str, tuple[str, ...]]

STATUS: dict[str, Meaning] = {
    "unknown": ("unknown", "", ()),
    "pre-transit": ("pre_transit", "", ()),
    "transit": ("in_transit", "", ()),
    "delivered": ("delivered", "", ()),
    "failure": ("delivery_attempted", "", ("contact_carrier",)),
}
# Words that say more than their code, tried in this order; each for the codes it may refine.
WORDS: list[tuple[str, str, Meaning]] = [
    (r"\blost\b|missing", "failure", ("failed", "lost", ())),
    (r"destroyed|disposed", "failure", ("failed", "destroyed", ())),
    (
        r"(returned|delivered|handed over) (back )?to (the )?(original )?s(ender|hipper)",
        "delivered failure",
        ("returned", "", ()),
    ),
    (r"return(ed|ing)?\b.*\bs(ender|hipper)|being returned|return shipment", "transit failure", ("returning", "", ())),
    (r"refused|rejected", "transit failure", ("delivery_attempted", "refused_pending", ())),
    (
        r"customs.*(released|cleared|completed)|cleared customs|clearance (complete|process complete)",
        "transit",
        ("customs", "customs_released", ()),
    ),
    (
        r"customs.*(hold|held|pending|information)|held.*customs",
        "transit failure",
        ("customs", "customs_hold", ("held",)),
    ),
    (r"customs|clearance", "transit", ("customs", "customs_processing", ())),
    (
        r"out for delivery|with (the )?(delivery )?courier|loaded onto the delivery vehicle",
        "transit",
        ("out_for_delivery", "", ()),
    ),
    (
        r"(delivery )?attempt|not (at )?home|nobody|recipient (was )?absent",
        "transit failure",
        ("delivery_attempted", "not_home", ()),
    ),
    (r"packstation|locker", "transit", ("available_for_pickup", "locker", ())),
    (
        r"(ready|available|awaiting|waiting).*(pick-?up|collection)|service ?point|post office|retail outlet",
        "transit",
        ("available_for_pickup", "", ()),
    ),
    (r"picked up|collected from|shipment pick-?up", "transit", ("picked_up", "", ())),
    (r"departed|has left", "transit", ("in_transit", "departed_facility", ())),
    (r"arrived", "transit", ("in_transit", "arrived_at_facility", ())),
    (r"address", "failure", ("delivery_attempted", "address_issue", ("address_issue",))),
    (r"damaged", "transit failure", ("", "", ("damaged",))),
    (r"delay", "transit", ("", "", ("delayed",))),
    (r"on hold|held", "transit", ("", "", ("held",))),
    (r"neighbou?r", "delivered", ("delivered", "neighbour", ())),
    (r"packstation|locker", "delivered", ("delivered", "locker", ())),
    (r"safe place|drop-off point", "delivered", ("delivered", "safe_place", ())),
    (r"sign(ed|ature)", "delivered", ("delivered", "signed", ())),
]
_WORDS = [(re.compile(pattern, re.IGNORECASE), codes.split(), meaning) for pattern, codes, meaning in WORDS]


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """A static token in a header of our choice: the secret is `header: token`, or the token in `X-Partner-Token`. A
    push without that header may show it in its address, as `?token=`."""
    pairs = [_header_and_token(secret) for secret in secrets]
    for name in {name for name, _ in pairs}:
        given = headers.get(name, "")
        if given:
            return require_token(given, [token for other, token in pairs if other == name])
    return require_token(query_token(headers), [token for _, token in pairs])


def _header_and_token(secret: str) -> tuple[str, str]:
    name, colon, token = secret.partition(": ")
    return (name.strip().lower(), token.strip()) if colon else (HEADER, secret)


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


def parse(raw: bytes) -> Push:
    """`subscription.validate` brings the secret that confirms it; the other scopes are notices."""
    body = read_json(raw)
    scope = text(body.get("scope"), 40)
    if scope != "subscription.push":
        return Push(control=scope, secret=text(body.get("secret"), 200), is_ignored=not scope)
    shipments = [as_dict(row) for row in as_list(body.get("shipments"))]
    return Push([_report(row) for row in shipments], is_ignored=not shipments)


def _report(row: dict[str, Any]) -> Report:
    number = text(row.get("id"), 60)
    if not number:
        raise UnreadableError("a shipment without id")
    current = maybe_dict(row.get("status"))
    rows = [as_dict(event) for event in reversed(as_list(row.get("events")))]
    events = {event.key: event for event in (_event(event, number) for event in rows)}
    if current.get("timestamp"):
        newest = _event(current, number)
        events.setdefault(newest.key, newest)
    signer = maybe_dict(maybe_dict(maybe_dict(row.get("details")).get("proofOfDelivery")).get("signed"))
    frame = maybe_dict(row.get("estimatedDeliveryTimeFrame") or row.get("estimatedDeliveryTimeframe"))
    return Report(
        number,
        carrier=text(row.get("service"), 40),
        events=sorted(events.values(), key=lambda event: event.occurred_at),
        eta=eta_text(row.get("estimatedTimeOfDelivery") or frame.get("estimatedThrough")),
        eta_from=text(frame.get("estimatedFrom"), 40),
        eta_to=text(frame.get("estimatedThrough"), 40),
        signed_by=text(signer.get("name"), 120) or place_of(signer, "givenName", "familyName").replace(",", "")[:120],
        as_of=maybe_time(current.get("timestamp")),
    )


def _event(row: dict[str, Any], number: str) -> CarrierEvent:
    code, words = text(row.get("statusCode"), 20).lower(), text(row.get("status"), 200)
    described = text(row.get("description"))
    status, substatus, flags = meaning(code, words, described)
    where = maybe_dict(maybe_dict(row.get("location")).get("address"))
    place = place_of(where, "addressLocality", "countryCode")
    occurred = utc_time(row.get("timestamp"))
    return CarrierEvent(
        key=derived_key("dhl", number, occurred.isoformat(), code, words, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place,
        text=(described or words)[:400],
        raw_code=f"{code}/{words}"[:80],
        local_time=local_text(row.get("timestamp")),
        is_unmapped=code not in STATUS,
    )


def meaning(code: str, words: str, described: str = "") -> Meaning:
    """Words of the status first, then of its description (divisions differ), else the code alone."""
    for said in (words, described):
        for pattern, codes, found in _WORDS:
            if code in codes and pattern.search(said):
                return found
    return STATUS.get(code, ("", "", ()))


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)


def subscribe(account: Account, subjects: Sequence[Subject]) -> Request:
    """Ten numbers of one division. DHL then posts `subscription.validate` to the hook, and waits for `confirm`."""
    header, token = _header_and_token(account.secret)
    body = {
        "hook": {
            "uri": account.hook,
            "authentication": {"type": "ApiKeyAuthentication", "header": header, "token": token},
        },
        "format": "Default",
        "type": "Shipment",
        "service": account.service,
        "events": EVENTS,
        "shipmentIDs": [subject.number for subject in subjects],
    }
    headers = {"DHL-API-Key": account.key, "Content-Type": "application/json"}
    return Request("POST", account.base + SUBSCRIPTIONS, headers, json.dumps(body).encode())


def subscribed(raw: bytes) -> frozenset[str]:
    """What the answer holds is unconfirmed: 2xx is enough, and what becomes of it comes as a message."""
    return frozenset()


def poll(account: Account, subject: Subject) -> Request:
    division = {"service": account.service} if account.service else {}
    address = with_query(account.base + TRACKING, trackingNumber=subject.number, **division)
    return Request("GET", address, {"DHL-API-Key": account.key})


def answered(raw: bytes) -> Answered:
    """Its shipments have the shape of a push. A number nobody has scanned is a 404."""
    shipments = as_list(read_json(raw).get("shipments"))
    body = {"scope": "subscription.push", "shipments": shipments}
    return Answered([json.dumps(body).encode()] if shipments else [])
