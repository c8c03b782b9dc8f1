import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.accounts.phones import normal_phone


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("86 13800138000", "+8613800138000"),
        ("0086-138-0013-8000", "+8613800138000"),
        ("+7 (701) 123-45-67", "+77011234567"),
        ("\u202d138 0013 8000\u202c", "+8613800138000"),  # copied from a telephone's list of contacts
        ("\u200b138‑0013‑8000", "+8613800138000"),
        ("1380013800", ""),
        ("23800138000", ""),
        ("", ""),
    ],
)
def test_normal_phone(typed: str, phone: str) -> None:
    assert normal_phone(typed) == phone


@given(st.text())
def test_normal_phone_takes_any_text(typed: str) -> None:
    phone = normal_phone(typed)

    assert phone == "" or normal_phone(phone) == phone
