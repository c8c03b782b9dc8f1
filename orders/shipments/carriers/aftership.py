"""AfterShip Tracking webhooks (carriers.md, 3.2): all checkpoints every time, oldest first, often without a zone."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request, Subject, first_of, with_query
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    body_id,
    derived_key,
    eta_text,
    local_text,
    matches,
    maybe_dict,
    maybe_time,
    place_of,
    read_json,
    text,
    unix_time,
    utc_time,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = "https://api.aftership.com"
VERSION = "2026-07"
GIVES_UP = False
EVENTS = {"tracking_update", "edd_revise", "tracking_pending_time"}
Meaning = tuple[str, str, tuple[str, ...]]

TAGS: dict[str, Meaning] = {
    "Pending": ("unknown", "", ()),
    "InfoReceived": ("pre_transit", "info_received", ()),
    "InTransit": ("in_transit", "", ()),
    "OutForDelivery": ("out_for_delivery", "", ()),
    "AttemptFail": ("delivery_attempted", "", ()),
    "AvailableForPickup": ("available_for_pickup", "", ()),
    "Delivered": ("delivered", "", ()),
    "Exception": ("", "", ("contact_carrier",)),
    "Expired": ("", "", ()),
}
SUBTAGS: dict[str, Meaning] = {
    "InTransit_002": ("picked_up", "", ()),
    "InTransit_003": ("in_transit", "arrived_at_facility", ()),
    "InTransit_004": ("in_transit", "arrived", ()),
    "InTransit_005": ("customs", "customs_released", ()),
    "InTransit_006": ("customs", "customs_processing", ()),
    "InTransit_007": ("in_transit", "departed_facility", ()),
    "InTransit_009": ("in_transit", "forwarded", ()),
    "AttemptFail_002": ("delivery_attempted", "not_home", ()),
    "AttemptFail_003": ("delivery_attempted", "inaccessible", ()),
    "Delivered_002": ("delivered", "to_recipient", ()),
    "Delivered_003": ("delivered", "signed", ()),
    "Delivered_004": ("delivered", "cod", ()),
    "Delivered_005": ("delivered", "neighbour", ()),
    "Exception_001": ("", "", ("contact_carrier",)),
    "Exception_002": ("", "", ("address_issue",)),
    "Exception_003": ("delivery_attempted", "refused_pending", ()),
    "Exception_004": ("customs", "customs_hold", ("held",)),
    "Exception_005": ("", "", ("delayed",)),
    "Exception_006": ("", "", ("payment_required",)),
    "Exception_007": ("", "", ("address_issue",)),
    "Exception_008": ("", "", ("contact_carrier",)),
    "Exception_009": ("", "", ("contact_carrier",)),
    "Exception_010": ("returning", "", ()),
    "Exception_011": ("returned", "", ()),
    "Exception_012": ("failed", "damaged_total", ("damaged",)),
    "Exception_013": ("failed", "lost", ()),
    "Exception_016": ("", "", ("delayed",)),
    "Exception_017": ("", "", ("delayed",)),
    "Exception_018": ("customs", "customs_hold", ("customs_info_required", "held")),
    "Exception_019": ("", "", ("delayed",)),
    "Exception_020": ("cancelled", "order_cancelled", ()),
    "Exception_021": ("failed", "disposed", ()),
}
# Countries with one clock: a time without a zone there is no riddle.
ZONES = {
    "CHN": "Asia/Shanghai",
    "HKG": "Asia/Hong_Kong",
    "TWN": "Asia/Taipei",
    "JPN": "Asia/Tokyo",
    "KOR": "Asia/Seoul",
    "SGP": "Asia/Singapore",
    "IND": "Asia/Kolkata",
    "ARE": "Asia/Dubai",
    "DEU": "Europe/Berlin",
    "NLD": "Europe/Amsterdam",
    "POL": "Europe/Warsaw",
    "ITA": "Europe/Rome",
    "GBR": "Europe/London",
    "BLR": "Europe/Minsk",
}
ON_THE_WAY = {"picked_up", "in_transit", "customs", "out_for_delivery", "delivery_attempted", "available_for_pickup"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Base64 HMAC-SHA256 of the body; no signed time, only the event id stops a replay."""
    given = headers.get("aftership-hmac-sha256", "")
    for secret in filter(None, secrets):
        digest = hmac.digest(secret.encode("utf-8", "replace"), raw, hashlib.sha256)
        if matches(base64.b64encode(digest).decode(), given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return body_id(raw, "event_id")


def parse(raw: bytes) -> Push:
    body = read_json(raw)
    if text(body.get("event")) not in EVENTS:
        return Push(is_ignored=True)
    msg = as_dict(body.get("msg"))
    number = text(msg.get("tracking_number"), 60)
    if not number:
        raise UnreadableError("msg.tracking_number is missing")
    as_of = unix_time(body.get("ts"))
    rows = [as_dict(row) for row in as_list(msg.get("checkpoints"))]
    if not rows and (at := maybe_time(msg.get("last_updated_at") or msg.get("updated_at")) or as_of):
        rows = [{"tag": msg.get("tag"), "subtag": msg.get("subtag"), "checkpoint_time": at.isoformat()}]
    events = [_event(row, position, number, as_of) for position, row in enumerate(rows)]
    eta, window = _eta(msg)
    return Push(
        [
            Report(
                number,
                carrier=text(msg.get("slug"), 40),
                events=_with_whole(events, msg),
                eta=eta,
                eta_from=window[0],
                eta_to=window[1],
                monitoring="expired" if msg.get("tag") == "Expired" else "active",
                signed_by=text(msg.get("signed_by"), 120),
                as_of=as_of,
            )
        ]
    )


def _event(row: dict[str, Any], position: int, number: str, as_of: datetime | None) -> CarrierEvent:
    tag, subtag = text(row.get("tag"), 30), text(row.get("subtag"), 40)
    status, substatus, flags = meaning(tag, subtag)
    written = row.get("checkpoint_time")
    country = text(row.get("country_region") or row.get("country_iso3"), 3).upper()
    zone = ZONES.get(country)
    local = local_text(written)
    occurred = utc_time(written)
    if local and zone:
        occurred = utc_time(occurred.replace(tzinfo=ZoneInfo(zone)).isoformat())
    place = text(row.get("location"), 200) or place_of(row, "city", "state", "country_name")
    return CarrierEvent(
        key=derived_key("aftership", number, occurred.isoformat(), tag, subtag, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place,
        text=text(row.get("message")),
        raw_code=f"{tag}/{subtag}",
        sequence=position + 1,
        local_time=local,
        version=as_of,
        is_unmapped=tag not in TAGS and subtag not in SUBTAGS,
    )


def meaning(tag: str, subtag: str) -> Meaning:
    return SUBTAGS.get(subtag) or TAGS.get(tag, ("", "", ()))


def _with_whole(events: list[CarrierEvent], msg: dict[str, Any]) -> list[CarrierEvent]:
    """What is only said of the whole goes to its newest checkpoint: a flag, and that it is on its way back. What has
    come back was on its way back at the checkpoint before."""
    told = list(events)
    by_age = sorted(range(len(told)), key=lambda index: (told[index].occurred_at, index), reverse=True)
    if not told:
        return told
    status, _, flags = meaning(text(msg.get("tag"), 30), text(msg.get("subtag"), 40))
    if not status:
        newest = told[by_age[0]]
        told[by_age[0]] = replace(newest, flags=tuple(dict.fromkeys([*newest.flags, *flags])))
    if msg.get("return_to_sender") is True and told[by_age[0]].status == "delivered":
        told[by_age[0]] = replace(told[by_age[0]], status="returned", substatus="")
        by_age = by_age[1:]
    if msg.get("return_to_sender") is True and by_age and told[by_age[0]].status in ON_THE_WAY:
        told[by_age[0]] = replace(told[by_age[0]], status="returning", substatus="")
    return told


def _eta(msg: dict[str, Any]) -> tuple[str, tuple[str, str]]:
    for name in ("latest_estimated_delivery", "courier_estimated_delivery_date", "aftership_estimated_delivery_date"):
        found = maybe_dict(msg.get(name))
        eta = eta_text(found.get("datetime") or found.get("estimated_delivery_date"))
        low = text(found.get("datetime_min") or found.get("estimated_delivery_date_min"), 40)
        high = text(found.get("datetime_max") or found.get("estimated_delivery_date_max"), 40)
        if eta or high:
            return eta or eta_text(high), (low, high)
    return eta_text(msg.get("expected_delivery")), ("", "")


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)


def poll(account: Account, subject: Subject) -> Request:
    address = with_query(f"{account.base}/tracking/{VERSION}/trackings", tracking_numbers=subject.number)
    return Request("GET", address, {"as-api-key": account.key})


def answered(raw: bytes) -> Answered:
    """The tracking as an update would bring it; when AfterShip changed it stands for the time of sending. One without a
    checkpoint says nothing but when it was last looked at, which is no news."""
    tracking = first_of(as_dict(read_json(raw).get("data")).get("trackings"))
    if tracking is None or not tracking.get("checkpoints"):
        return Answered()
    changed = maybe_time(tracking.get("updated_at"))
    update = {"event": "tracking_update", "ts": changed.timestamp() if changed else None, "msg": tracking}
    return Answered([json.dumps(update).encode()])
