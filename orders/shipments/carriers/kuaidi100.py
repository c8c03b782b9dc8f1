"""Kuaidi100 快递100 pushes (carriers.md, 3.5): a form with `param` and an MD5 `sign`; full history, newest first."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Reply, Report, UnreadableError
from orders.shipments.carriers.values import BEIJING, as_dict, as_list, derived_key, read_json, text, utc_time

STATUS = {
    "0": ("in_transit", ""),
    "1": ("picked_up", ""),
    "2": ("delivery_attempted", ""),
    "3": ("delivered", ""),
    "4": ("returned", ""),
    "5": ("out_for_delivery", ""),
    "6": ("returning", ""),
    "7": ("in_transit", "forwarded"),
    "8": ("customs", "customs_pending"),
    "10": ("customs", "customs_pending"),
    "11": ("customs", "customs_processing"),
    "12": ("customs", "customs_released"),
    "13": ("customs", "customs_hold"),
    "14": ("returning", "refused"),
    "101": ("pre_transit", "info_received"),
    "102": ("pre_transit", "awaiting_pickup"),
    "103": ("picked_up", ""),
    "1001": ("in_transit", "destination_city"),
    "1002": ("in_transit", "line_haul"),
    "1003": ("in_transit", "forwarded"),
    "501": ("available_for_pickup", "station"),
    "205": ("available_for_pickup", "station"),
    "301": ("delivered", "signed"),
    "302": ("delivered", "signed"),
    "303": ("delivered", "neighbour"),
    "304": ("delivered", "locker"),
    "401": ("cancelled", "order_cancelled"),
    "210": ("cancelled", "order_cancelled"),
    "203": ("delivery_attempted", "refused_pending"),
    "204": ("delivery_attempted", ""),
    "206": ("delivery_attempted", "not_home"),
}
FLAGS = {"201": "delayed", "202": "delayed", "208": "delayed", "207": "address_issue", "209": "damaged", "13": "held"}
MONITORING = {"shutdown": "stopped", "abort": "aborted", "polling": "active", "updateall": "active"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Upper-case hex MD5 of the decoded `param` and the salt, byte for byte."""
    form = _form(raw)
    param, given = form.get("param", ""), form.get("sign", "")
    for salt in secrets:
        expected = hashlib.md5((param + salt).encode("utf-8", "replace"), usedforsecurity=False).hexdigest().upper()
        if param and hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            return
    raise BadSignatureError


def _form(raw: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: values[0] for name, values in fields.items()}


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


def parse(raw: bytes) -> list[Report]:
    body = read_json(_form(raw).get("param", "").encode("utf-8", "replace"))
    result = as_dict(body.get("lastResult"))
    number = text(result.get("nu"), 60)
    if not number:
        raise UnreadableError("lastResult.nu is missing")
    oldest_first = list(reversed(as_list(result.get("data"))))
    events = [_event(as_dict(row), position, number) for position, row in enumerate(oldest_first)]
    return [
        Report(
            number,
            carrier=text(result.get("com"), 40),
            events=events,
            monitoring=MONITORING.get(text(body.get("status")), ""),
        )
    ]


def _event(row: dict[str, Any], position: int, number: str) -> CarrierEvent:
    code = text(row.get("statusCode"), 10)
    status, substatus = _status(code)
    occurred = utc_time(row.get("ftime") or row.get("time"), BEIJING)
    place = text(row.get("areaName"), 200)
    return CarrierEvent(
        key=derived_key("kuaidi100", number, occurred.isoformat(), code, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=tuple(filter(None, [FLAGS.get(code, "")])),
        place=place,
        text=text(row.get("context")),
        raw_code=code,
        sequence=position,
    )


def _status(code: str) -> tuple[str, str]:
    """The exact code, else its base state (10xx belongs to 0, 2xx to 2); flag-only and unknown codes move nothing."""
    if code in STATUS or code in FLAGS:
        return STATUS.get(code, ("", ""))
    base = {3: code[:1], 4: "0" if code.startswith("10") else ""}.get(len(code), "")
    return STATUS.get(base, ("", ""))


def reply() -> Reply:
    return Reply(200, {"result": True, "returnCode": "200", "message": "成功"})
