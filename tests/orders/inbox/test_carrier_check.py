"""The recorded samples of every partner, and the checker itself: it must be able to fail."""

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from orders.inbox import spool
from orders.inbox.check import Case, check_folders
from orders.inbox.models import Endpoint, InboxEvent
from orders.orders.models import SellerOrder
from orders.shipments.models import Shipment, TrackingEvent

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


def test_check_leaves_messages_alone_that_are_kept_on_disk(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(spool, "_may_hold", True)
    kept = spool.folder() / "kept.json"
    kept.parent.mkdir()
    kept.write_text("{}")

    check_folders(SAMPLES / "easypost")

    assert kept.exists()


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
