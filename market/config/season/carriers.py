"""Partners' messages of the season: real formats, real signatures, the inbox's own steps; only the clock is ours."""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.test import RequestFactory
from django.utils import timezone

from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.tasks import process_event
from orders.inbox.views import take

FOLDER = Path(__file__).parent / "data" / "carriers"
CARRIER = "样例速运"
# Cities of the sample EasyPost journey, and what stands there in ours.
CITIES = {"ORLANDO": "URUMQI", "KENLY": "LANZHOU", "FedEx": "SampleExpress"}


@dataclass(frozen=True)
class Partner:
    endpoint: Endpoint
    secret: str


def make_partners(now: datetime) -> dict[str, Partner]:
    names = {"kuaidi100": "样例快递查询平台", "easypost": "样例跨境物流平台", "standard": "样例冷链车队"}
    return {code: Partner(*create_endpoint(code, name, now=now)) for code, name in names.items()}


def hand_in(partner: Partner, raw: bytes, headers: dict[str, str], now: datetime) -> InboxEvent:
    """The view of `/hooks/` with its clock in our hand, then what the worker does. Raises ValueError when refused."""
    request = RequestFactory().post(
        f"/hooks/{partner.endpoint.pk}/", raw, content_type=headers.pop("content-type"), headers=headers
    )
    answer = take(request, partner.endpoint.pk, now)
    event = InboxEvent.objects.filter(endpoint=partner.endpoint, received_at=now).order_by("-pk").first()
    if answer.status_code >= HTTPStatus.BAD_REQUEST or event is None:
        raise ValueError(f"{partner.endpoint} was refused: {answer.status_code}")
    process_event(event, now)
    return event


def kuaidi100(partner: Partner, waybill: str, city: str, *, scans: int, now: datetime) -> InboxEvent:
    """The first so many of four scans (picked up, in transit, out for delivery, signed), the newest 30 minutes old."""
    body = json.loads((FOLDER / "kuaidi100_signed.json").read_text("utf-8"))
    result = body["lastResult"]
    rows = result["data"][-scans:]
    late = timezone.localtime(now).replace(tzinfo=None) - timedelta(minutes=30) - _local(rows[0]["ftime"])
    for row in rows:
        row["ftime"] = row["time"] = f"{_local(row['ftime']) + late:%Y-%m-%d %H:%M:%S}"
        row["context"] = row["context"].replace("达州", city).replace("顺丰速运", CARRIER)
        row["areaName"] = row["areaName"] and city
    result |= {"nu": waybill, "com": "sampleexpress", "data": rows, "state": rows[0]["statusCode"]}
    if scans < len(("picked up", "in transit", "out for delivery", "signed")):
        body["status"], result["ischeck"] = "polling", "0"
    param = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    sign = hashlib.md5((param + partner.secret).encode(), usedforsecurity=False).hexdigest().upper()
    raw = urlencode({"param": param, "sign": sign}).encode()
    return hand_in(partner, raw, {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, now)


def easypost(partner: Partner, waybill: str, *, now: datetime) -> InboxEvent:
    """A parcel on its way, with an estimated day; the newest scan is an hour old."""
    body: dict[str, Any] = json.loads(_replaced((FOLDER / "easypost_in_transit.json").read_text("utf-8")))
    tracker = body["result"]
    newest = max(_instant(row["datetime"]) for row in tracker["tracking_details"])
    late = now - timedelta(hours=1) - newest
    for row in tracker["tracking_details"]:
        row["datetime"] = f"{_instant(row['datetime']) + late:%Y-%m-%dT%H:%M:%SZ}"
        row["tracking_location"] |= {"state": None, "zip": None, "country": "CN"}
    body["id"], tracker["tracking_code"] = f"evt_{waybill}", waybill
    tracker["est_delivery_date"] = f"{now + timedelta(days=2):%Y-%m-%d}T00:00:00Z"
    body["created_at"] = tracker["updated_at"] = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    tracker["created_at"] = f"{newest + late - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    raw = json.dumps(body, separators=(",", ":")).encode()
    key = unicodedata.normalize("NFKD", partner.secret).encode()
    signature = "hmac-sha256-hex=" + hmac.new(key, raw, hashlib.sha256).hexdigest()
    return hand_in(partner, raw, {"content-type": "application/json", "x-hmac-signature": signature}, now)


def standard(
    partner: Partner,
    waybill: str,
    statuses: list[tuple[str, timedelta]],
    *,
    celsius: Sequence[float] = (),
    now: datetime,
) -> InboxEvent:
    """Our own format; `statuses` with how long ago each was, oldest first; `celsius` hour by hour until now."""
    events = [
        {
            "id": f"{waybill}-{status}",
            "occurred_at": f"{(now - ago).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "status": status,
        }
        for status, ago in statuses
    ]
    readings = [
        {"at": f"{(now - timedelta(hours=hours)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "celsius": degrees}
        for hours, degrees in enumerate(reversed(celsius))
    ]
    data: dict[str, Any] = {"tracking_number": waybill, "carrier": "样例冷链", "events": events}
    data |= {"sensor": "L-07", "readings": readings}
    raw = json.dumps({"type": "shipment.updated", "data": data}, ensure_ascii=False).encode()
    identifier, stamp = f"msg-{waybill}-{len(events)}", str(int(now.timestamp()))
    key = base64.b64decode(partner.secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{identifier}.{stamp}.".encode() + raw, hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return hand_in(partner, raw, headers, now)


def _replaced(text: str) -> str:
    for word, ours in CITIES.items():
        text = text.replace(word, ours)
    return text


def _local(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the partner writes Beijing time


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)
