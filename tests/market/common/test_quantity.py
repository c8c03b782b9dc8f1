from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.common.quantity import parse_decimal, plain


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("10", "zh-hans", "10"),
        (" １２．５ ", "zh-hans", "12.5"),
        ("1,234.5", "en", "1234.5"),
        ("1,500", "en", "1500"),
        ("1,500", "ru", "1.500"),
        ("1 234,5", "ru", "1234.5"),
        ("1\u00a0234,50", "ru", "1234.50"),
        ("2,5", "en", "2.5"),
        ("-3", "en", "-3"),
        ("1,234,567", "zh-hans", "1234567"),
    ],
)
def test_number_is_read_as_its_language_writes_it(typed: str, language: str, number: str) -> None:
    assert parse_decimal(typed, language) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["", " ", "abc", "1e5", "NaN", "Infinity", "1.2.3", "1,2,3", "٣", "--1", "9" * 30, "5 kg"]
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert parse_decimal(typed, "en") is None


@given(st.decimals(min_value=0, max_value=999999, places=3), st.sampled_from(["zh-hans", "en", "ru"]))
def test_what_we_write_into_a_field_reads_back_as_itself(number: Decimal, language: str) -> None:
    assert parse_decimal(plain(number), language) == number


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_none(typed: str) -> None:
    number = parse_decimal(typed, "ru")

    assert number is None or number.is_finite()
