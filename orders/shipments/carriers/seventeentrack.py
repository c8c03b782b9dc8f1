"""17TRACK v2 webhooks (carriers.md, 3.4): the full history each time, newest first."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, RefusedError, Request, Subject, first_of
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    derived_key,
    eta_text,
    local_text,
    matches,
    maybe_dict,
    maybe_time,
    place_of,
    read_json,
    text,
    utc_time,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = base.MAX_BYTES
API = "https://api.17track.net"
GIVES_UP = True
NO_NEWS = {"-18019902", "-18019909"}  # not registered there; registered, nothing known yet
BAD_KEY = "-1801000"  # -18010001 to -18010005: key, account or our address refused
Meaning = tuple[str, str, tuple[str, ...]]

STATUS: dict[str, Meaning] = {
    "NotFound": ("unknown", "", ()),
    "InfoReceived": ("pre_transit", "info_received", ()),
    "InTransit": ("in_transit", "", ()),
    "Expired": ("", "", ()),
    "AvailableForPickup": ("available_for_pickup", "", ()),
    "OutForDelivery": ("out_for_delivery", "", ()),
    "DeliveryFailure": ("delivery_attempted", "", ()),
    "Delivered": ("delivered", "", ()),
    "Exception": ("", "", ("contact_carrier",)),
}
SUB_STATUS: dict[str, Meaning] = {
    "InTransit_PickedUp": ("picked_up", "", ()),
    "InTransit_Departure": ("in_transit", "departed", ()),
    "InTransit_Arrival": ("in_transit", "arrived", ()),
    "InTransit_CustomsProcessing": ("customs", "customs_processing", ()),
    "InTransit_CustomsReleased": ("customs", "customs_released", ()),
    "InTransit_CustomsRequiringInformation": ("customs", "customs_pending", ("customs_info_required",)),
    "DeliveryFailure_NoBody": ("delivery_attempted", "not_home", ("contact_carrier",)),
    "DeliveryFailure_Security": ("customs", "customs_hold", ("held",)),
    "DeliveryFailure_Rejected": ("delivery_attempted", "refused_pending", ()),
    "DeliveryFailure_InvalidAddress": ("delivery_attempted", "address_issue", ("address_issue",)),
    "Exception_Returning": ("returning", "", ()),
    "Exception_Returned": ("returned", "", ()),
    "Exception_NoBody": ("", "", ("contact_carrier",)),
    "Exception_Security": ("customs", "customs_hold", ("held",)),
    "Exception_Damage": ("", "", ("damaged",)),
    "Exception_Rejected": ("returning", "refused", ()),
    "Exception_Delayed": ("", "", ("delayed",)),
    "Exception_Lost": ("failed", "lost", ()),
    "Exception_Destroyed": ("failed", "destroyed", ()),
    "Exception_Cancel": ("cancelled", "order_cancelled", ()),
}
STAGE: dict[str, Meaning] = {
    "InfoReceived": ("pre_transit", "info_received", ()),
    "PickedUp": ("picked_up", "", ()),
    "Departure": ("in_transit", "departed", ()),
    "Arrival": ("in_transit", "arrived", ()),
    "AvailableForPickup": ("available_for_pickup", "", ()),
    "OutForDelivery": ("out_for_delivery", "", ()),
    "Delivered": ("delivered", "", ()),
    "Returning": ("returning", "", ()),
    "Returned": ("returned", "", ()),
}
# Whatever else begins or ends so.
CUSTOMS, SECURITY = "InTransit_Customs", "_Security"
MONITORING = {"Expired": "expired", "NotFound_InvalidCode": "unsupported"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """`sign` is SHA-256 over body, slash and API key. Nothing in it is timed."""
    given = headers.get("sign", "")
    for key in filter(None, secrets):
        if matches(hashlib.sha256(raw + b"/" + key.encode("utf-8", "replace")).hexdigest(), given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


def parse(raw: bytes) -> Push:
    body = read_json(raw)
    data = maybe_dict(body.get("data"))
    if body.get("event") not in ("TRACKING_UPDATED", "TRACKING_STOPPED"):
        return Push(is_ignored=True)
    number = text(data.get("number"), 60)
    if not number:
        raise UnreadableError("data.number is missing")
    carrier = text(data.get("carrier"), 40)
    if body["event"] == "TRACKING_STOPPED":
        return Push([Report(number, carrier=carrier, monitoring="stopped")])
    info = as_dict(data.get("track_info"))
    providers = [as_dict(row) for row in as_list(maybe_dict(info.get("tracking")).get("providers"))]
    synced = max(filter(None, (maybe_time(row.get("latest_sync_time")) for row in providers)), default=None)
    whole = maybe_dict(info.get("latest_status"))
    sub_status = text(whole.get("sub_status"), 60) or text(whole.get("status"), 30)
    events = _events(providers, info, number, synced)
    window = maybe_dict(maybe_dict(info.get("time_metrics")).get("estimated_delivery_date"))
    return Push(
        [
            Report(
                number,
                carrier=carrier,
                events=_with_flags(events, sub_status),
                eta=eta_text(window.get("to") or window.get("from")),
                eta_from=text(window.get("from"), 40),
                eta_to=text(window.get("to"), 40),
                monitoring=MONITORING.get(sub_status) or MONITORING.get(sub_status.partition("_")[0], "active"),
                as_of=synced or max((event.occurred_at for event in events), default=None),
                is_snapshot=True,
            )
        ]
    )


def _events(
    providers: list[dict[str, Any]], info: dict[str, Any], number: str, synced: datetime | None
) -> list[CarrierEvent]:
    """Of all providers on the way, oldest first and counted from there; without any, the latest one."""
    rows = [as_dict(row) for provider in providers for row in reversed(as_list(provider.get("events")))]
    if not rows and maybe_dict(info.get("latest_event")):
        rows = [maybe_dict(info.get("latest_event"))]
    found = sorted((_event(row, number, synced) for row in rows), key=lambda event: event.occurred_at)
    return [replace(event, sequence=position + 1) for position, event in enumerate(found)]


def _event(row: dict[str, Any], number: str, synced: datetime | None) -> CarrierEvent:
    stage, sub_status = text(row.get("stage"), 30), text(row.get("sub_status"), 45)
    status, substatus, flags = meaning(sub_status, stage)
    local = "" if row.get("time_utc") else local_text(row.get("time_iso"))
    occurred = utc_time(row.get("time_utc") or row.get("time_iso"))
    place = text(row.get("location"), 200) or place_of(row.get("address"), "city", "state", "country")
    return CarrierEvent(
        key=derived_key("17track", number, occurred.isoformat(), stage, sub_status, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place,
        text=text(row.get("description")),
        raw_code=f"{stage}/{sub_status}",
        local_time=local,
        version=synced,
        is_unmapped=sub_status.partition("_")[0] not in STATUS and stage not in STAGE,
    )


def meaning(sub_status: str, stage: str = "") -> Meaning:
    """The sub-status; a new one counts as its first word; without a word we know, the stage."""
    exact = SUB_STATUS.get(sub_status)
    if exact is None and sub_status.startswith(CUSTOMS):
        exact = ("customs", "customs_processing", ())
    elif exact is None and sub_status.endswith(SECURITY):
        exact = ("customs", "customs_hold", ("held",))
    known = exact or STATUS.get(sub_status.partition("_")[0])
    if known is None or (not known[0] and not exact and stage in STAGE):
        known = STAGE.get(stage, known or ("", "", ()))
    return known


def _with_flags(events: list[CarrierEvent], whole: str) -> list[CarrierEvent]:
    """Where whole and newest event disagree, the status is the event's and the flag the whole's."""
    flags = meaning(whole)[2]
    if not events or not flags:
        return events
    newest = replace(events[-1], flags=tuple(dict.fromkeys([*events[-1].flags, *flags])))
    return [*events[:-1], newest]


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)


def poll(account: Account, subject: Subject) -> Request:
    body = json.dumps([{"number": subject.number}]).encode()
    headers = {"17token": account.key, "Content-Type": "application/json"}
    return Request("POST", f"{account.base}/track/v2.2/gettrackinfo", headers, body)


def answered(raw: bytes) -> Answered:
    """What `data` of an update is; a number that was not accepted says why by its code."""
    data = maybe_dict(read_json(raw).get("data"))
    if found := first_of(data.get("accepted") or []):
        if not maybe_dict(found.get("track_info")):
            return Answered()
        return Answered([json.dumps({"event": "TRACKING_UPDATED", "data": found}).encode()])
    rejected = first_of(data.get("rejected") or [])
    trouble = maybe_dict(rejected.get("error")) if rejected else first_of(data.get("errors"))
    code = text((trouble or {}).get("code"), 24)
    if code in NO_NEWS:
        return Answered()
    raise RefusedError(code, is_key=code.startswith(BAD_KEY))
