"""The smallest body of each partner that carries one event, in plain values."""

import json
from typing import Any
from urllib.parse import urlencode

from orders.inbox.adapters import inbound_adapter
from orders.shipments.carriers.base import CarrierEvent, Report

AT = "2026-11-01T10:00:00Z"


def read(adapter: str, body: Any) -> Report:
    """The only report of a body."""
    reports = inbound_adapter(adapter).parse(encode(adapter, body)).reports
    assert len(reports) == 1
    return reports[0]


def read_event(adapter: str, body: Any) -> CarrierEvent:
    events = read(adapter, body).events
    assert len(events) == 1
    return events[0]


def meaning_of(event: CarrierEvent) -> tuple[str, str, set[str]]:
    return event.status, event.substatus, set(event.flags)


def encode(adapter: str, body: Any) -> bytes:
    content = json.dumps(body, ensure_ascii=False)
    match adapter:
        case "kuaidi100":
            return urlencode({"param": content}).encode()
        case "cainiao":
            return urlencode({"msg_id": "m1", "logistics_interface": content}).encode()
    return content.encode()


def easypost(status: str, detail: str = "unknown", **tracker: Any) -> dict[str, Any]:
    row = {"status": status, "status_detail": detail, "datetime": AT}
    return {"id": "evt_1", "result": {"object": "Tracker", "tracking_code": "T1", "tracking_details": [row], **tracker}}


def aftership(tag: str, subtag: str = "", *, checkpoint: dict[str, Any] | None = None, **msg: Any) -> dict[str, Any]:
    row = {"tag": tag, "subtag": subtag, "checkpoint_time": AT, **(checkpoint or {})}
    told = {"tracking_number": "T1", "slug": "usps", "tag": tag, "subtag": subtag, "checkpoints": [row]}
    return {"event": "tracking_update", "event_id": "e1", "ts": 1793527200, "msg": told | msg}


def shippo(status: str, code: str = "", words: str = "", *, action: bool = False, **data: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"status": status, "status_date": AT, "status_details": words}
    row |= {"substatus": {"code": code, "action_required": action}} if code else {}
    return {
        "event": "track_updated",
        "data": {"carrier": "usps", "tracking_number": "T1", "tracking_status": row, "tracking_history": [], **data},
    }


def seventeentrack(sub_status: str, stage: str | None = None, whole: str = "", **info: Any) -> dict[str, Any]:
    event = {"time_utc": AT, "sub_status": sub_status, "stage": stage, "location": "Aral"}
    tracking = {"providers": [{"events": [event], "latest_sync_time": AT}]}
    latest = {"status": (whole or sub_status).partition("_")[0], "sub_status": whole or sub_status}
    info = {"latest_status": latest, "tracking": tracking, **info}
    return {"event": "TRACKING_UPDATED", "data": {"number": "T1", "carrier": 100002, "track_info": info}}


def kuaidi100(code: str = "", words: str = "", *, state: str = "", **body: Any) -> dict[str, Any]:
    row = {"ftime": "2026-11-01 18:00:00", "statusCode": code, "status": words}
    return {"status": "polling", "lastResult": {"nu": "T1", "com": "shunfeng", "state": state, "data": [row]}, **body}


def cainiao(action: str, **row: Any) -> dict[str, Any]:
    return {"mailNo": "T1", "cpCode": "YTO", "traceList": [{"action": action, "time": "2026-11-01 18:00:00", **row}]}


def dhl(code: str, words: str = "", described: str = "", **shipment: Any) -> dict[str, Any]:
    row = {"timestamp": AT, "statusCode": code, "status": words, "description": described}
    return {"scope": "subscription.push", "shipments": [{"id": "T1", "status": row, "events": [row], **shipment}]}


def ups(kind: str, code: str = "", words: str = "", **body: Any) -> dict[str, Any]:
    activity = {"type": kind, "code": code, "description": words}
    moment = {"gmtActivityDate": "20261101", "gmtActivityTime": "100000", "localActivityDate": "20261101"}
    return {"trackingNumber": "T1", "activityStatus": activity, **moment, **body}


def iata(code: str, when: str = "Actual", **fields: Any) -> dict[str, Any]:
    return {
        "@type": "cargo:LogisticsEvent",
        "cargo:eventCode": code,
        "cargo:eventTimeType": when,
        "cargo:creationDate": AT,
        "cargo:linkedObject": {"@id": "https://1r.example.com/o/1"},
        **fields,
    }


def dcsa(kind: str, code: str, *, call: dict[str, Any] | None = None, key: str = "e1", **fields: Any) -> dict[str, Any]:
    """One event of `kind` with its code."""
    return {
        "eventID": key,
        "eventType": kind,
        "eventClassifierCode": "ACT",
        "eventCreatedDateTime": AT,
        "eventDateTime": AT,
        f"{kind.lower()}EventTypeCode": code,
        "references": [{"referenceType": "EQ", "referenceValue": "APZU4812090"}],
        "transportCall": call or {},
        **fields,
    }
