"""The recorded samples of every partner, and the checker itself: it must be able to fail."""

import base64
import hashlib
import hmac
import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.inbox.check import Case, check_folders
from orders.inbox.models import Endpoint, InboxEvent
from orders.orders.models import SellerOrder
from orders.shipments.models import Shipment, TrackingEvent
from tests.orders.shipments.carriers.bodies import dcsa, dhl

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "carriers"
KUAIDI = "push_shutdown_signed.param.json"


def folders() -> list[str]:
    return sorted(path.parent.name for path in SAMPLES.glob("*/manifest.json"))


@pytest.mark.parametrize("name", folders())
def test_every_sample_of_a_partner_gives_what_its_manifest_expects(name: str) -> None:
    cases = check_folders(SAMPLES / name)

    assert [case for case in cases if not case.ok] == []


def test_check_leaves_nothing_in_the_database() -> None:
    check_folders(SAMPLES / "easypost")

    for model in (Endpoint, InboxEvent, SellerOrder, Shipment, TrackingEvent):
        assert not model.objects.exists()


def altered(tmp_path: Path, folder: str, file: str, **changes: Any) -> Case:
    """A copy of one folder in which one entry of the manifest says something else."""
    target = tmp_path / folder
    shutil.copytree(SAMPLES / folder, target)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    item = next(item for item in manifest["files"] if item["file"] == file)
    for key, value in changes.items():
        item[key] = {**item[key], **value} if key == "expect" else value
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return next(case for case in check_folders(tmp_path) if case.file == f"{folder}/{file}")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "returned"),
        ("substatus", "signed"),
        ("terminal", False),
        ("status_unchanged", True),
        ("occurred_at", "2026-04-02T04:44:57Z"),
        ("events", 5),
        ("events_added", 3),
        ("event_ids_unique", False),
        ("needs_attention", True),
        ("monitoring", "aborted"),
        ("corrected_carrier", "yunda"),
        ("eta", "2026-04-03"),
        ("eta_window", ["a", "b"]),
        ("corrects", "nothing"),
        ("milestones", ["loaded"]),
        ("thin", True),
        ("ignored", True),
        ("control_message", True),
        ("rejected", True),
        ("shipments", {"SF0000000000009": {"status": "delivered"}}),
        ("a_key_of_next_year", 1),
    ],
)
def test_each_expectation_can_fail(tmp_path: Path, key: str, value: object) -> None:
    case = altered(tmp_path, "kuaidi100", KUAIDI, expect={key: value})

    assert not case.ok
    assert case.got[key] != value


def test_what_came_first_counts_and_a_full_history_adds_only_its_news(tmp_path: Path) -> None:
    before = ["push_polling_out_for_delivery.param.json"]
    expect = {"events_added": 1, "status": "delivered", "event_ids_unique": True, "status_unchanged": False}

    case = altered(tmp_path, "kuaidi100", KUAIDI, after=before, expect=expect)

    assert case == Case(case.file, True, case.expected, case.got)


def test_older_history_after_the_newer_one_moves_nothing(tmp_path: Path) -> None:
    late = "push_polling_out_for_delivery.param.json"
    expect = {"events_added": 0, "status": "delivered", "status_unchanged": True, "terminal": True}
    expect |= {"occurred_at": "2026-04-02T04:44:56Z"}

    case = altered(tmp_path, "kuaidi100", late, after=[KUAIDI], expect=expect)

    assert case == Case(case.file, True, case.expected, case.got)


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another"},
        {"sha256": "00"},
        {"bytes": 1},
        {"after": ["nobody.json"]},
        {"expect": {}, "must_answer": {"status": 202}},
        {"must_answer": {"status": 200, "json": {"result": False}}},
        {"must_answer": {"shape": "round"}},
        {"must_anwser": {"status": 200}},
        {"http": {"method": "POST", "headers": {}, "heads": {}}},
    ],
)
def test_wrong_secret_file_or_answer_fails(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert not altered(tmp_path, "kuaidi100", KUAIDI, **changes).ok


def test_unknown_key_of_an_entry_is_named_and_a_remark_is_not_asked_about(tmp_path: Path) -> None:
    case = altered(tmp_path, "kuaidi100", KUAIDI, must_anwser={"status": 500}, odd_note="for people")

    assert case.got == {"error": "unknown key 'must_anwser'"}


@pytest.mark.parametrize("is_in_form", [True, False])
def test_form_is_made_of_the_file_where_no_body_is_recorded(tmp_path: Path, is_in_form: bool) -> None:
    folder = json.loads((SAMPLES / "kuaidi100" / "manifest.json").read_text(encoding="utf-8"))
    item = next(item for item in folder["files"] if item["file"] == KUAIDI)
    http = {key: value for key, value in item["http"].items() if key != "body"}
    http |= {"form": {"sign": item["sign"]}} if is_in_form else {}

    case = altered(tmp_path, "kuaidi100", KUAIDI, http=http)

    assert case == Case(case.file, True, case.expected, case.got)


def test_forged_body_that_is_to_be_refused_passes(tmp_path: Path) -> None:
    target = tmp_path / "kuaidi100"
    shutil.copytree(SAMPLES / "kuaidi100", target)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    item = manifest["files"][1]
    item |= {"secret": "another", "expect": {"rejected": True}}
    del item["must_answer"]
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    assert [case.ok for case in check_folders(tmp_path)] == [True, True]


def test_command_prints_counts_and_cases_as_json() -> None:
    out = StringIO()

    call_command("carrier_check", SAMPLES / "easypost", "--json", stdout=out)

    result = json.loads(out.getvalue())
    assert (result["passed"], result["failed"]) == (2, 0)
    assert set(result["cases"][0]) == {"file", "ok", "expected", "got"}


def test_command_folder_without_samples_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no manifest\.json"):
        call_command("carrier_check", tmp_path)


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


def test_number_may_be_spelt_as_one_and_nothing_as_null(tmp_path: Path) -> None:
    folder, file = "seventeentrack", "tracking_updated_delivered.json"

    case = altered(tmp_path, folder, file, expect={"carrier": 100002, "corrected_carrier": None})

    assert case.got["corrected_carrier"] is None
    assert case.got["carrier"] == int(json.loads((SAMPLES / folder / file).read_bytes())["data"]["carrier"])


def test_clock_of_the_manifest_decides_on_an_old_signature(tmp_path: Path) -> None:
    target = tmp_path / "shippo"
    shutil.copytree(SAMPLES / "shippo", target)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][0] |= {"signed_at": manifest["files"][0]["signed_at"] + 301, "expect": {"rejected": True}}
    del manifest["files"][1]["signed_at"]
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    assert [case.ok for case in check_folders(tmp_path)] == [True, False]
