from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from market.common.dates import read_date
from market.portal.forms.base import NumberField, read_number


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("12.5", "en", "12.5"),
        ("12,5", "ru", "12.5"),
        ("12,5", "zh-hans", "12.5"),
        ("1,234", "en", "1234"),
        ("1,234", "zh-hans", "1234"),
        ("1,234", "ru", "1.234"),
        ("1,234,567.5", "en", "1234567.5"),
        ("1.234.567,5", "ru", "1234567.5"),
        ("1 234,5", "ru", "1234.5"),
        ("１２．５", "zh-hans", "12.5"),
        ("12。5", "zh-hans", "12.5"),
        (" 7 ", "en", "7"),
    ],
)
def test_numbers_as_people_type_them(typed: str, language: str, number: str) -> None:
    assert read_number(typed, language) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "abc", "1.2.3", "NaN", "Infinity", "--1", "1e", "1e9", "٣", "+", ".", "12 kg"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed, "en") is None


@pytest.mark.parametrize(
    "typed", ["2026-10-03", "2026/10/3", "2026.10.03", "2026年10月3日", "20261003", "03.10.2026", "２０２６-10-03"]
)
def test_dates_as_people_type_them(typed: str) -> None:
    assert read_date(typed) == date(2026, 10, 3)


@pytest.mark.parametrize("typed", ["", "2026-13-01", "2026-02-30", "yesterday", "10/2026", "00000000"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert read_date(typed) is None


@pytest.mark.parametrize(("typed", "words"), [("9" * 14, "too large"), ("0.0001", "at most 3 decimal places")])
def test_number_no_column_holds_is_refused_in_words_that_fit(typed: str, words: str) -> None:
    with override("en"), pytest.raises(ValidationError, match=words):
        NumberField().clean(typed)
