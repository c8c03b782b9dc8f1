"""Cainiao LINK 菜鸟 (carriers.md, 3.6): a form with an MD5 digest. The trace body has no public document."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.values import (
    BEIJING,
    as_dict,
    as_list,
    derived_key,
    matches,
    place_of,
    read_form,
    read_json,
    text,
    utc_time,
    zone_of,
)

CONTENT_TYPES = base.FORM
MAX_BYTES = base.MAX_BYTES

ACTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "ACCEPT": ("picked_up", "", ()),
    "GOT": ("picked_up", "", ()),
    "TRANSPORT": ("in_transit", "", ()),
    "ARRIVAL": ("in_transit", "arrived_at_facility", ()),
    "DEPARTURE": ("in_transit", "departed_facility", ()),
    "OVERSEA_IN": ("in_transit", "arrived", ()),
    "OVERSEA_OUT": ("in_transit", "departed", ()),
    "CLEARANCE_START": ("customs", "customs_processing", ()),
    "CLEARANCE_FINISH": ("customs", "customs_released", ()),
    "CLEARANCE_FAIL": ("customs", "customs_hold", ("held",)),
    "DELIVERING": ("out_for_delivery", "", ()),
    "SENT": ("out_for_delivery", "", ()),
    "INBOUND": ("available_for_pickup", "station", ()),
    "SIGNFAIL": ("delivery_attempted", "", ()),
    "SIGNED": ("delivered", "signed", ()),
    "OUTBOUND": ("delivered", "locker", ()),
    "REJECTION": ("returning", "refused", ()),
    "RETURN": ("returning", "", ()),
    "ISSUE": ("", "", ("contact_carrier",)),
}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Base64 of the raw MD5 of content and secret (not of its hex text)."""
    form = read_form(raw)
    content, given = form.get("logistics_interface", ""), form.get("data_digest", "")
    for secret in filter(None, secrets):
        digest = hashlib.md5((content + secret).encode("utf-8", "replace"), usedforsecurity=False).digest()
        if content and matches(base64.b64encode(digest).decode(), given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    """The signature does not cover `msg_id`: what is known by it is this content only, so that old content under an id
    that is yet to come does not pass for the message of that id."""
    content = read_form(raw).get("logistics_interface", "").encode("utf-8", "replace")
    return f"{partner_id(raw)}:{hashlib.sha256(content).hexdigest()[:32]}"


def partner_id(raw: bytes) -> str:
    return text(read_form(raw).get("msg_id"), 100)


def parse(raw: bytes) -> Push:
    """A list of traces, or one at the top; without either another kind of message."""
    content = read_form(raw).get("logistics_interface", "").strip()
    body = _from_xml(content) if content.startswith("<") else read_json(content.encode("utf-8", "replace"))
    rows = as_list(body.get("traceList")) or ([body] if body.get("action") else [])
    number = text(body.get("mailNo"), 60)
    if not rows:
        return Push(is_ignored=True)
    if not number:
        raise UnreadableError("mailNo is missing")
    events = [_event(as_dict(row), number) for row in rows]
    signer = next((text(as_dict(row).get("signedBy"), 120) for row in rows if as_dict(row).get("signedBy")), "")
    newest = max(event.occurred_at for event in events)
    return Push([Report(number, carrier=text(body.get("cpCode"), 40), events=events, signed_by=signer, as_of=newest)])


def _event(row: dict[str, Any], number: str) -> CarrierEvent:
    action = text(row.get("action"), 40).upper()
    status, substatus, flags = ACTIONS.get(action, ("", "", ()))
    occurred = utc_time(row.get("time"), zone_of(row.get("timeZone")) or BEIJING)
    place = place_of(row, "city", "country") or place_of(row, "facilityName")
    return CarrierEvent(
        key=derived_key("cainiao", number, occurred.isoformat(), action, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place,
        text=text(row.get("desc")),
        raw_code=action,
        is_unmapped=action not in ACTIONS,
    )


def _from_xml(content: str) -> dict[str, Any]:
    """The same names as elements. A document that declares entities is not read at all."""
    if "<!" in content.replace("<![CDATA[", ""):
        raise UnreadableError("XML with declarations")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without declarations there are no entities to expand
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableError("not XML") from error
    body: dict[str, Any] = {child.tag: child.text for child in root if len(child) == 0}
    body["traceList"] = [
        {field.tag: field.text for field in trace} for trace in root.iterfind("traceList/*") if len(trace)
    ]
    return body


def reply(raw: bytes) -> Reply:
    return Reply(200, {"success": "true", "errorCode": "", "errorMsg": ""})


def refusal() -> Reply:
    return Reply(401, {"success": "false", "errorCode": "S02", "errorMsg": "data_digest"})
