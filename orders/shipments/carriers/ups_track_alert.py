"""UPS Track Alert (carriers.md, 3.9): one activity a push, no signature, no retry; photos make the bodies large."""

import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from orders.shipments.carriers import base
from orders.shipments.carriers.base import BadSignatureError, CarrierEvent, Push, Reply, Report, UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request, Subject, with_query
from orders.shipments.carriers.values import (
    as_dict,
    as_list,
    bearer,
    derived_key,
    matches,
    maybe_dict,
    place_of,
    read_json,
    text,
    utc_time,
    zone_of,
)

CONTENT_TYPES = base.JSON
MAX_BYTES = 8 * 1024 * 1024
API = "https://onlinetools.ups.com"
GIVES_UP = True
AT_ONCE = 100
RENEWED: timedelta | None = timedelta(days=13)  # it ends after 14
MOST_ACTIVITIES = 200
TOKEN_LASTS = timedelta(hours=1)
_TOKEN = re.compile(r"ups1\.([0-9]{1,12})\.([0-9a-f]{64})")
Meaning = tuple[str, str, tuple[str, ...]]

TYPES: dict[str, Meaning] = {
    "M": ("pre_transit", "label_created", ()),
    "MV": ("cancelled", "label_voided", ()),
    "I": ("in_transit", "", ()),
    "U": ("", "", ()),
    "X": ("", "", ("delayed",)),
    "D": ("out_for_delivery", "", ()),
    # of the tracking API only
    "P": ("picked_up", "", ()),
    "O": ("out_for_delivery", "", ()),
    "RS": ("returning", "", ()),
}
CODES: dict[tuple[str, str], Meaning] = {
    ("I", "OT"): ("out_for_delivery", "", ()),
    ("D", "OT"): ("out_for_delivery", "", ()),
    ("D", "FS"): ("delivered", "", ()),
}
# Other codes are not documented; the description says it. Tried in this order, each for the types it may refine.
WORDS: list[tuple[str, str, Meaning]] = [
    (r"\blost\b", "X", ("failed", "lost", ())),
    (r"destroyed|disposed", "X", ("failed", "destroyed", ())),
    (r"return(ed|ing)? to (the )?sender|being returned|returning", "X I", ("returning", "", ())),
    (r"refused", "X", ("delivery_attempted", "refused_pending", ())),
    (r"attempt|not available|no one|not home|nobody", "X", ("delivery_attempted", "not_home", ())),
    (r"access point|pick-?up location|customer center.*pick", "X I D", ("available_for_pickup", "station", ())),
    (
        r"(released|cleared).*(customs|clearance|agency)|clearance.*(complete|released)",
        "X I",
        ("customs", "customs_released", ()),
    ),
    (
        r"(customs|clearance).*(information|documents?|missing)",
        "X I",
        ("customs", "customs_hold", ("customs_info_required", "held")),
    ),
    (
        r"(customs|clearance).*(hold|held|delay)|held.*(customs|clearance)",
        "X I",
        ("customs", "customs_hold", ("held",)),
    ),
    (r"customs|clearance", "X I", ("customs", "customs_processing", ())),
    (r"address", "X", ("", "", ("address_issue",))),
    (r"damaged", "X", ("", "", ("damaged",))),
    (r"missort|incorrectly sorted", "X", ("", "", ("missorted",))),
    (r"held|hold", "X", ("", "", ("held",))),
    (r"out for delivery", "I D", ("out_for_delivery", "", ())),
    (r"pick-?up scan|origin scan|collection scan", "I", ("picked_up", "", ())),
    (r"arriv", "I", ("in_transit", "arrived_at_facility", ())),
    (r"depart", "I", ("in_transit", "departed_facility", ())),
]
_WORDS = [(re.compile(pattern, re.IGNORECASE), types.split(), meaning) for pattern, types, meaning in WORDS]


def authenticate(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Version 1 shows the secret in `credential`; version 2 a bearer token: the secret, or one issued from it."""
    shown = headers.get("credential", "") or bearer(headers)
    issued = _TOKEN.fullmatch(shown)
    for secret in filter(None, secrets):
        if matches(secret, shown):
            return
        if issued and int(issued[1]) >= now.timestamp() and matches(_mac(secret, issued[1]), issued[2]):
            return
    raise BadSignatureError


def issue_token(secret: str, now: datetime) -> str:
    """For UPS, who asks our token address for it with the secret; good for an hour, and gone with the secret."""
    until = str(int((now + TOKEN_LASTS).timestamp()))
    return f"ups1.{until}.{_mac(secret, until)}"


def _mac(secret: str, until: str) -> str:
    return hmac.new(secret.encode("utf-8", "replace"), b"ups-token:" + until.encode(), hashlib.sha256).hexdigest()


def event_id(raw: bytes, headers: Mapping[str, str]) -> str:
    return ""


def parse(raw: bytes) -> Push:
    body = read_json(raw)
    number = text(body.get("trackingNumber"), 60)
    if not number:
        raise UnreadableError("trackingNumber is missing")
    event = _event(body, number)
    scheduled = _date(body.get("scheduledDeliveryDate"))
    happened = _date(body.get("localActivityDate")) or event.occurred_at.date().isoformat()
    alternate = text(body.get("alternateTrackingNumber"), 60)
    return Push(
        [
            Report(
                number,
                carrier="ups",
                events=[event],
                eta=scheduled if scheduled >= happened and event.status != "delivered" else "",
                eta_from=text(body.get("deliveryStartTime"), 40),
                eta_to=text(body.get("deliveryEndTime"), 40),
                signed_by=text(body.get("receivedBy"), 120),
                references={"alternate": alternate} if alternate else {},
                as_of=event.occurred_at,
            )
        ]
    )


def _event(body: dict[str, Any], number: str) -> CarrierEvent:
    activity = body.get("activityStatus") if isinstance(body.get("activityStatus"), dict) else {}
    assert isinstance(activity, dict)
    kind, code = text(activity.get("type"), 4).upper(), text(activity.get("code"), 10).upper()
    words = text(activity.get("description"))
    status, substatus, flags = meaning(kind, code, words, bool(_date(body.get("actualDeliveryDate"))))
    occurred, local = _moment(body)
    place = place_of(body.get("activityLocation"), "city", "stateProvince", "country")
    return CarrierEvent(
        key=derived_key("ups", number, occurred.isoformat(), kind, code),  # what the API tells of it, too
        occurred_at=occurred,
        status=status,
        substatus=substatus,
        flags=flags,
        place=place,
        text=words,
        raw_code=f"{kind}/{code}",
        local_time=local,
        is_unmapped=kind not in TYPES,
    )


def meaning(kind: str, code: str, words: str, is_delivered: bool = False) -> Meaning:
    """Type D is a delivery only with code FS or an actual delivery date; until then the parcel is on the vehicle."""
    if kind == "D" and is_delivered:
        return "delivered", "", ()
    if (kind, code) in CODES:
        return CODES[kind, code]
    for pattern, kinds, found in _WORDS:
        if kind in kinds and pattern.search(words):
            return found
    return TYPES.get(kind, ("", "", ()))


def _moment(body: dict[str, Any]) -> tuple[datetime, str]:
    """The GMT pair; else local time and offset; else local time as it stands, marked by its text."""
    if body.get("gmtActivityDate"):
        return utc_time(_stamp(body.get("gmtActivityDate"), body.get("gmtActivityTime"))), ""
    local = _stamp(body.get("localActivityDate"), body.get("localActivityTime"))
    zone = zone_of(body.get("gmtOffset"))
    return (utc_time(local, zone), "") if zone else (utc_time(local), local)


def _stamp(day: Any, time: Any) -> str:
    clock = text(time, 6).rjust(6, "0") if text(time, 6) else "000000"
    return f"{_date(day)}T{clock[:2]}:{clock[2:4]}:{clock[4:]}"


def _date(value: Any) -> str:
    """YYYYMMDD as a date, or empty."""
    written = text(value, 8)
    try:
        return datetime.strptime(written, "%Y%m%d").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return ""


def reply(raw: bytes) -> Reply:
    return Reply(200)


def refusal() -> Reply:
    return Reply(401)


def sign_in(account: Account) -> Request:
    """The key is client id and client secret with a colon between them; it buys a token (RFC 6749, 4.4)."""
    shown = base64.b64encode(account.key.encode("utf-8", "replace")).decode()
    headers = {"Authorization": f"Basic {shown}", "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", f"{account.base}/security/v1/oauth/token", headers, b"grant_type=client_credentials")


def token(raw: bytes) -> str:
    found = text(read_json(raw).get("access_token"), 8000)
    if not found:
        raise UnreadableError("no access_token")
    return found


def subscribe(account: Account, subjects: Sequence[Subject]) -> Request:
    """The standard subscription: UPS shows our secret in `credential` with every event (version 1)."""
    body = {
        "locale": "en_US",
        "countryCode": "US",
        "trackingNumberList": [subject.number for subject in subjects],
        "destination": {"url": account.hook, "credentialType": "Bearer", "credential": account.secret},
    }
    headers = _headers(account) | {"Content-Type": "application/json"}
    address = f"{account.base}/api/track/v1/subscription/standard/package"
    return Request("POST", address, headers, json.dumps(body).encode())


def subscribed(raw: bytes) -> frozenset[str]:
    return frozenset(text(number, 60) for number in as_list(read_json(raw).get("invalidTrackingNumbers")))


def poll(account: Account, subject: Subject) -> Request:
    """The Tracking API, whose history is whole: what an alert told and was lost is in it."""
    address = f"{account.base}/api/track/v1/details/{quote(subject.number, safe='')}"
    return Request("GET", with_query(address, locale="en_US"), _headers(account))


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.key}", "transId": uuid.uuid4().hex, "transactionSrc": "tuanji"}


def answered(raw: bytes) -> Answered:
    """Each activity of each package as the alert it was. A number nobody has scanned has a warning and no package."""
    shipments = as_list(as_dict(read_json(raw).get("trackResponse")).get("shipment"))
    packages = [as_dict(row) for shipment in shipments for row in as_list(as_dict(shipment).get("package"))]
    alerts = [
        _alert(package, as_dict(activity))
        for package in packages
        for activity in as_list(package.get("activity"))[:MOST_ACTIVITIES]
    ]
    return Answered([json.dumps(alert).encode() for alert in alerts])


def _alert(package: dict[str, Any], activity: dict[str, Any]) -> dict[str, Any]:
    """There, type D is a delivery without exception."""
    status, address = (
        maybe_dict(activity.get("status")),
        maybe_dict(maybe_dict(activity.get("location")).get("address")),
    )
    days = {text(row.get("type"), 4): row.get("date") for row in map(maybe_dict, as_list(package.get("deliveryDate")))}
    is_delivery = status.get("type") == "D" and status.get("code") != "OT"
    alert = {
        "trackingNumber": package.get("trackingNumber"),
        "localActivityDate": activity.get("date"),
        "localActivityTime": activity.get("time"),
        "gmtActivityDate": activity.get("gmtDate"),
        "gmtActivityTime": text(activity.get("gmtTime"), 8).replace(":", ""),
        "gmtOffset": activity.get("gmtOffset"),
        "activityLocation": address | {"country": address.get("countryCode") or address.get("country")},
        "activityStatus": {name: status.get(name) for name in ("type", "code", "description")},
        "scheduledDeliveryDate": days.get("RDD") or days.get("SDD"),
    }
    if is_delivery:
        alert["actualDeliveryDate"] = activity.get("date")
        alert["receivedBy"] = maybe_dict(package.get("deliveryInformation")).get("receivedBy")
    return alert
