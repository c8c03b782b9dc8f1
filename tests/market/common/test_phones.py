import pytest

from market.common.phones import format_phone


@pytest.mark.parametrize(
    ("stored", "at_home", "abroad"),
    [
        ("+8613800138000", "138 0013 8000", "+86 138 0013 8000"),
        ("+79001234567", "+7 900 123-45-67", "+7 900 123-45-67"),
        ("+493012345678", "+49 301 234 5678", "+49 301 234 5678"),
        ("+380501234567", "+380 501 234 567", "+380 501 234 567"),
        ("+6591234567", "+65 9123 4567", "+65 9123 4567"),
        ("0991-1234567", "0991-1234567", "0991-1234567"),
        ("", "", ""),
    ],
)
def test_format_phone(stored: str, at_home: str, abroad: str) -> None:
    assert format_phone(stored, "zh-hans") == at_home
    assert format_phone(stored, "en") == format_phone(stored, "ru") == abroad


@pytest.mark.parametrize("stored", ["+8613800138000", "+79001234567", "+123456789", "+123456789012345"])
def test_format_phone_keeps_every_digit(stored: str) -> None:
    shown = format_phone(stored, "en")

    assert "+" + "".join(sign for sign in shown if sign.isdigit()) == stored
