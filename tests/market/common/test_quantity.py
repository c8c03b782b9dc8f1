from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from market.common.quantity import UNITS, format_quantity, parse_decimal, plain


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
        ("-1,234", "en", "-1234"),
        ("12,5", "ru", "12.5"),
        ("12,5", "zh-hans", "12.5"),
        ("1,234,567.5", "en", "1234567.5"),
        ("1.234.567,5", "ru", "1234567.5"),
        ("１２．５", "zh-hans", "12.5"),
        ("12。5", "zh-hans", "12.5"),
        ("１，２３４", "zh-hans", "1234"),
        ("1’234", "en", "1234"),
        ("+7", "en", "7"),
        ("12.", "en", "12"),
        (".5", "en", "0.5"),
        ("\u202d12.5\u202c", "en", "12.5"),  # copied from elsewhere on a telephone
        (" " * 80 + "7", "en", "7"),
    ],
)
def test_number_is_read_as_its_language_writes_it(typed: str, language: str, number: str) -> None:
    assert parse_decimal(typed, language) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["", " ", "abc", "1e5", "1e", "NaN", "Infinity", "1.2.3", "1,2,3", "٣", "--1", "+", ".", "9" * 30, "5 kg"]
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert parse_decimal(typed, "en") is None


@given(st.decimals(min_value=0, max_value=999999, places=3), st.sampled_from(["zh-hans", "en", "ru"]))
def test_what_we_write_into_a_field_reads_back_as_itself(number: Decimal, language: str) -> None:
    assert parse_decimal(plain(number), language) == number


def test_what_is_too_long_is_no_number_whatever_it_begins_with() -> None:
    assert parse_decimal("5" + " " * 60 + "6", "en") is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_none(typed: str) -> None:
    number = parse_decimal(typed, "ru")

    assert number is None or number.is_finite()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1", ("1 箱", "1 box", "1 ящик")),
        ("2", ("2 箱", "2 boxes", "2 ящика")),
        ("11", ("11 箱", "11 boxes", "11 ящиков")),
        ("21", ("21 箱", "21 boxes", "21 ящик")),
        ("1200", ("1,200 箱", "1,200 boxes", "1\u00a0200 ящиков")),
        ("2.5", ("2.5 箱", "2.5 boxes", "2,5 ящика")),
        ("0", ("0 箱", "0 boxes", "0 ящиков")),
    ],
)
def test_quantity_takes_the_form_its_number_asks_for(number: str, words: tuple[str, str, str]) -> None:
    for language, told in zip(("zh-hans", "en", "ru"), words, strict=True):
        with override(language):
            assert format_quantity(Decimal(number), "XBX", language) == told


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_every_unit_has_words_and_an_unknown_one_its_code(language: str) -> None:
    with override(language):
        for code in UNITS:
            assert format_quantity(Decimal(5), code, language).startswith("5 ")
        assert format_quantity(Decimal(5), "XYZ", language) == "5 XYZ"
