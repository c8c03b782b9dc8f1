"""Kuaidi100 快递100 pushes (carriers.md, 3.5): a form with `param` and an MD5 `sign`; full history, newest first."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, RefusedError, Request, Subject
from orders.shipments.carriers.values import (
    BEIJING,
    as_dict,
    as_list,
    derived_key,
    matches,
    maybe_dict,
    read_form,
    read_json,
    text,
    utc_time,
)

CONTENT_TYPES = base.FORM
MAX_BYTES = base.MAX_BYTES
API = "https://poll.kuaidi100.com"
GIVES_UP = True
AT_ONCE = 1
RENEWED = timedelta(days=8)  # one that has ended begins anew; four a month are the most
SUBSCRIBED = {"200", "501"}  # 501: followed already
BAD_KEY = {"600", "601"}
# Codes of the partner's table for names that mean one company; every other number's company is for them to find.
COMPANIES = {
    "ems": "ems",
    "顺丰": "shunfeng",
    "顺丰速运": "shunfeng",
    "中通": "zhongtong",
    "中通快递": "zhongtong",
    "圆通": "yuantong",
    "圆通速递": "yuantong",
    "韵达": "yunda",
    "韵达快递": "yunda",
}
WANTING_PHONE = {"shunfeng", "zhongtong"}

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
# Damage (209) is a flag, and the end of the journey where the words say nothing is left.
TOTAL = re.compile("全损|全部损坏|完全损坏|全部破损|完全破损|报废")
# Without the advanced codes only the words come, and the base state of the newest row.
WORDS = {
    "在途": "0",
    "揽收": "1",
    "疑难": "2",
    "签收": "3",
    "退签": "4",
    "派件": "5",
    "退回": "6",
    "转投": "7",
    "清关": "8",
    "拒签": "14",
}
MONITORING = {"shutdown": "stopped", "abort": "aborted", "polling": "active", "updateall": "active"}


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Upper-case hex MD5 of the decoded `param` and the salt, byte for byte. An endpoint without a salt is refused."""
    form = read_form(raw)
    param, given = form.get("param", ""), form.get("sign", "")
    for salt in filter(None, secrets):
        expected = hashlib.md5((param + salt).encode("utf-8", "replace"), usedforsecurity=False).hexdigest().upper()
        if param and matches(expected, given):
            return
    raise BadSignatureError


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


def parse(raw: bytes) -> Push:
    """`lastResult` at home and `destResult` abroad are one history; monitoring may end without any of it."""
    body = read_json(read_form(raw).get("param", "").encode("utf-8", "replace"))
    result, abroad = maybe_dict(body.get("lastResult")), maybe_dict(body.get("destResult"))
    number = text(result.get("nu") or abroad.get("nu"), 60)
    if not number:
        raise UnreadableError("lastResult.nu is missing")
    oldest_first = [*reversed(as_list(result.get("data"))), *reversed(as_list(abroad.get("data")))]
    rows = [as_dict(row) for row in oldest_first]
    if rows and not text(rows[-1].get("statusCode")) and text(rows[-1].get("status")) not in WORDS:
        rows[-1] = {**rows[-1], "statusCode": (abroad or result).get("state")}
    events = [_event(row, position, number) for position, row in enumerate(rows)]
    corrected = text(body.get("comNew"), 40) if text(body.get("autoCheck"), 2) == "1" else ""
    return Push(
        [
            Report(
                number,
                carrier=text(result.get("com"), 40),
                events=events,
                monitoring=MONITORING.get(text(body.get("status")), ""),
                corrected_carrier=corrected,
                as_of=max((event.occurred_at for event in events), default=None),
                is_snapshot=True,
            )
        ]
    )


def _event(row: dict[str, Any], position: int, number: str) -> CarrierEvent:
    code = text(row.get("statusCode"), 10) or WORDS.get(text(row.get("status"), 10), "")
    status, substatus = _status(code)
    if code == "209" and TOTAL.search(text(row.get("context"))):
        status, substatus = "failed", "damaged_total"
    occurred = utc_time(row.get("ftime") or row.get("time"), BEIJING)
    place = text(row.get("areaName") or row.get("location"), 200)
    return CarrierEvent(
        key=derived_key("kuaidi100", number, occurred.isoformat(), code, place),
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=tuple(filter(None, [FLAGS.get(code, "")])),
        place=place,
        text=text(row.get("context")),
        raw_code=code,
        sequence=position + 1,
        is_unmapped=not status and code not in FLAGS,
    )


def _status(code: str) -> tuple[str, str]:
    """The exact code, else its base state (10xx belongs to 0, 2xx to 2); flag-only and unknown codes move nothing."""
    if code in STATUS or code in FLAGS:
        return STATUS.get(code, ("", ""))
    base = {3: code[:1], 4: "0" if code.startswith("10") else ""}.get(len(code), "")
    return STATUS.get(base, ("", ""))


def reply(raw: bytes) -> Reply:
    return Reply(200, {"result": True, "returnCode": "200", "message": "成功"})


def refusal() -> Reply:
    return Reply(401, {"result": False, "returnCode": "500", "message": "签名错误"})


def _company(carrier: str) -> str:
    name = unicodedata.normalize("NFKC", carrier).casefold().strip()
    return COMPANIES.get(name, name if name in COMPANIES.values() else "")


def wants_phone(carrier: str) -> bool:
    return _company(carrier) in WANTING_PHONE


def subscribe(account: Account, subjects: Sequence[Subject]) -> Request:
    """One number at a time, with all status codes (`resultv2` 6), the salt being our secret for this endpoint. The end
    of the recipient's telephone number goes to the companies that tell nobody without it, and to no other."""
    company = _company(subjects[0].carrier)
    extras = {"callbackurl": account.hook, "salt": account.secret, "resultv2": "6", "interCom": "1"}
    if not company:
        extras["autoCom"] = "1"
    if company in WANTING_PHONE and subjects[0].phone_end:
        extras["phone"] = subjects[0].phone_end
    param = {"company": company, "number": subjects[0].number, "key": account.key, "parameters": extras}
    body = urlencode({"schema": "json", "param": json.dumps(param, ensure_ascii=False)}).encode()
    return Request("POST", f"{account.base}/poll", {"Content-Type": "application/x-www-form-urlencoded"}, body)


def subscribed(raw: bytes) -> frozenset[str]:
    code = text(read_json(raw).get("returnCode"), 24)
    if code not in SUBSCRIBED:
        raise RefusedError(code, is_key=code in BAD_KEY)
    return frozenset()
