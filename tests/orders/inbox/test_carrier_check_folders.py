"""carrier_check over folders of our own making: ships changed, several containers and shipments, tokens."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from orders.inbox.check import Case, check_folders
from tests.orders.shipments.carriers.bodies import dcsa, dhl

pytestmark = pytest.mark.django_db
DCSA_SECRET = base64.b64encode(b"k" * 32).decode()


def recorded(folder: Path, adapter: str, items: list[tuple[str, Any, dict[str, Any]]]) -> list[Case]:
    """A folder of bodies of our own, DCSA's signed as the partner would; the checks of all of them."""
    folder.mkdir()
    files = []
    for name, body, item in items:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        (folder / name).write_bytes(raw)
        headers = {"content-type": "application/json", **item.pop("headers", {})}
        if adapter == "dcsa_tnt":
            digest = hmac.new(b"k" * 32, raw, hashlib.sha256).hexdigest()
            headers["notification-signature"] = f"sha256={digest}"
            item |= {"secret_base64": DCSA_SECRET, "must_answer": {"status": 204}}
        files.append({"file": name, "http": {"method": "POST", "headers": headers}, **item})
    (folder / "manifest.json").write_text(json.dumps({"carrier": adapter, "files": files}), encoding="utf-8")
    return check_folders(folder)


def sea(key: str, kind: str, code: str, day: int, port: str, call: int, **extra: Any) -> dict[str, Any]:
    at = f"2026-01-{day:02}T08:00:00Z"
    where = {"transportCallSequenceNumber": call, "UNLocationCode": port, "modeOfTransport": "VESSEL"}
    return (
        dcsa(kind, code, key=key, call=where, eventDateTime=at, eventCreatedDateTime=at, emptyIndicatorCode="LADEN")
        | extra
    )


def test_sea_freight_changes_ships_is_corrected_and_arrives(tmp_path: Path) -> None:
    first = [
        sea("1", "EQUIPMENT", "GTIN", 1, "CNSHA", 1),
        sea("2", "EQUIPMENT", "LOAD", 2, "CNSHA", 1),
        sea("3", "TRANSPORT", "DEPA", 3, "CNSHA", 1),
        sea("9", "TRANSPORT", "ARRI", 28, "DEHAM", 3, eventClassifierCode="EST"),
    ]
    second = [
        sea("4", "TRANSPORT", "ARRI", 9, "SGSIN", 2),
        sea("5", "EQUIPMENT", "DISC", 10, "SGSIN", 2),
        sea("6", "EQUIPMENT", "LOAD", 12, "SGSIN", 2),
        sea("7", "TRANSPORT", "DEPA", 13, "SGSIN", 2),
    ]
    correction = [sea("3", "TRANSPORT", "DEPA", 4, "CNSHA", 1, eventCreatedDateTime="2026-01-05T00:00:00Z")]
    later = [
        sea(
            "9",
            "TRANSPORT",
            "ARRI",
            30,
            "DEHAM",
            3,
            eventClassifierCode="EST",
            eventCreatedDateTime="2026-01-29T00:00:00Z",
        )
    ]
    cases = recorded(
        tmp_path / "dcsa",
        "dcsa_tnt",
        [
            ("first.json", first, {"expect": {"milestone": "vessel_departed", "eta": "2026-01-28T08:00:00Z"}}),
            (
                "correction.json",
                correction,
                {
                    "after": ["first.json"],
                    "expect": {"corrects": "3", "occurred_at": "2026-01-04T08:00:00Z", "events_added": 0},
                },
            ),
            (
                "second.json",
                second,
                {
                    "after": ["first.json"],
                    "expect": {
                        "transshipment_ports": ["SGSIN"],
                        "milestones": [
                            "gate_in",
                            "loaded",
                            "vessel_departed",
                            "vessel_arrived",
                            "transshipment_in",
                            "transshipment_out",
                            "vessel_departed",
                        ],
                        "events_added": 4,
                        "status": "in_transit",
                        "container": "APZU4812090",
                    },
                },
            ),
            (
                "late.json",
                first,
                {"after": ["first.json", "second.json"], "expect": {"events_added": 0, "status_unchanged": True}},
            ),
            (
                "estimate.json",
                later,
                {
                    "after": ["first.json", "second.json"],
                    "expect": {"eta": "2026-01-30T08:00:00Z", "status_unchanged": True, "events_added": 0},
                },
            ),
        ],
    )

    assert [(case.file, case.expected, case.got) for case in cases if not case.ok] == []


def test_several_shipments_of_a_body_are_checked_one_by_one(tmp_path: Path) -> None:
    body = dhl("delivered")
    body["shipments"].append(dhl("transit", "Out for delivery", id="T2")["shipments"][0])
    expect = {"shipments": {"T1": {"status": "delivered", "terminal": True}, "T2": {"status": "out_for_delivery"}}}
    wrong = {"shipments": {"T1": {"status": "delivered"}, "T2": {"status": "delivered"}}}
    headers = {"x-our-token": "abc"}

    cases = recorded(
        tmp_path / "dhl",
        "dhl_unified_push",
        [
            ("a.json", body, {"expect": expect | {"events": 2}, "headers": headers}),
            ("b.json", body, {"expect": wrong, "headers": headers}),
            ("c.json", body, {"expect": {"rejected": True}, "headers": {"x-our-token": "wrong"}}),
            ("d.json", body, {"expect": {"rejected": True}}),
        ],
    )

    assert [case.ok for case in cases] == [True, False, True, True]


def box(key: str, code: str, container: str, day: int) -> dict[str, Any]:
    booking = [{"documentReferenceType": "BKG", "documentReferenceValue": "B1"}]
    named = {"equipmentReference": container, "references": [], "documentReferences": booking}
    return sea(key, "EQUIPMENT", code, day, "CNSHA", 1, **named)


def test_event_of_several_containers_is_one_in_every_count(tmp_path: Path) -> None:
    booked = sea("c", "SHIPMENT", "CONF", 1, "CNSHA", 1, documentTypeCode="BKG", documentID="B1", references=[])
    first = [booked, box("a1", "LOAD", "APZU4812090", 2), box("b1", "LOAD", "MSKU0000006", 2)]
    kinds = {"SHIPMENT": 1, "EQUIPMENT": 2}
    one = {"events": 2, "events_added": 2, "kinds": {"SHIPMENT": 1, "EQUIPMENT": 1}}
    expect = {"events": 3, "kinds": kinds, "event_ids_unique": True, "events_added": 3, "booking": "B1"}
    expect |= {"container": ["APZU4812090", "MSKU0000006"], "shipments": {"MSKU0000006": one, "APZU4812090": one}}
    later = {"events": 1, "events_added": 1, "shipments": {"APZU4812090": {"events_added": 1}}}
    again = [box("a1", "LOAD", "APZU4812090", 2)] * 2

    cases = recorded(
        tmp_path / "dcsa",
        "dcsa_tnt",
        [
            ("first.json", first, {"expect": expect}),
            ("second.json", [box("a2", "DISC", "APZU4812090", 9)], {"after": ["first.json"], "expect": later}),
            ("again.json", again, {"expect": {"events": 2, "events_added": 1, "event_ids_unique": False}}),
        ],
    )

    assert [(case.file, case.expected, case.got) for case in cases if not case.ok] == []


def test_dhl_shows_its_token_in_a_header_or_in_the_address(tmp_path: Path) -> None:
    body = dhl("delivered")
    body["shipments"].append(dhl("transit", "Out for delivery", id="T2")["shipments"][0])
    expect = {"events": 2, "event_ids_unique": True, "shipments": {"T2": {"events": 1, "events_added": 1}}}
    path = "a secret in the path"

    cases = recorded(
        tmp_path / "dhl",
        "dhl_unified_push",
        [
            ("path.json", body, {"expect": expect, "auth": path}),
            ("given.json", body, {"expect": expect, "auth": path, "secret": "abc"}),
            ("own.json", body, {"expect": expect, "secret": "abc", "headers": {"x-trace": "1", "x-dhl-key": "abc"}}),
            ("basic.json", body, {"expect": expect, "headers": {"authorization": "Basic abc"}}),
            ("wrong.json", body, {"expect": {"rejected": True}, "secret": "abc", "headers": {"x-dhl-key": "abd"}}),
            ("none.json", body, {"expect": {"rejected": True}, "auth": path}),
        ],
    )

    assert [(case.file, case.expected, case.got) for case in cases if not case.ok] == []
