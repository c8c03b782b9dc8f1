import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.office.redaction import MOST, redacted


def test_codes_and_times_stay_people_and_free_text_go() -> None:
    raw = {
        "event": "tracking.updated",
        "status": "delivered",
        "status_detail": "signed by Ivan Petrov",
        "waybill": "YT8812345678",
        "to": {"name": "Ivan", "postal_code": "101000", "country": "RU"},
        "at": "2026-11-24T08:00:00Z",
        "items": [{"remark": "leave with the neighbour"}],
    }

    shown = redacted(json.dumps(raw).encode())

    for word in ("tracking.updated", "delivered", "…5678", "RU", "2026-11-24T08:00:00Z"):
        assert word in shown
    for word in ("Ivan", "101000", "neighbour", "YT88"):
        assert word not in shown


def test_form_with_json_inside_is_read_like_json() -> None:
    shown = redacted(b'sign=ABCDEF&param={"lastResult":{"nu":"1234567890","state":"3","context":"\xe6\x9d\x8e"}}')

    assert "…7890" in shown
    assert '"state": "3"' in shown
    assert "ABCDEF" not in shown


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<xml a='b'>secret</xml>", b"plain words"])
def test_what_is_neither_json_nor_a_form_is_told_by_its_size(raw: bytes) -> None:
    assert redacted(raw) == f"••• ({len(raw)} bytes)"


def test_deep_and_long_messages_are_cut() -> None:
    assert redacted(("[" * 5000 + "]" * 5000).encode())
    assert len(redacted(json.dumps([{"status": "x"}] * 5000).encode())) <= MOST + 2


@given(st.dictionaries(st.sampled_from(["name", "phone", "address_line", "note", "sign"]), st.text(min_size=4)))
def test_nothing_personal_ever_stays(content: dict[str, str]) -> None:
    shown = json.loads(redacted(json.dumps(content).encode()))

    assert set(shown.values()) <= {"•••"}
