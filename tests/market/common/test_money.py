from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.common.money import format_amount, from_minor, round_amount, spread, to_minor

amounts = st.integers(min_value=-(10**10), max_value=10**10).map(lambda n: Decimal(n).scaleb(-2))
weights = st.lists(st.integers(min_value=0, max_value=10**6).map(Decimal), min_size=1, max_size=12)


def test_round_amount_is_half_up() -> None:
    assert round_amount(Decimal("1.935"), "CNY") == Decimal("1.94")
    assert round_amount(Decimal("-1.935"), "CNY") == Decimal("-1.94")
    assert round_amount(Decimal("10.5"), "JPY") == Decimal("11")


def test_to_minor_refuses_what_does_not_fit() -> None:
    assert to_minor(Decimal("12.34"), "CNY") == 1234
    assert to_minor(Decimal(500), "JPY") == 500
    assert to_minor(Decimal("1.250"), "KWD") == 1250
    with pytest.raises(ValueError, match="too many decimal places"):
        to_minor(Decimal("12.345"), "CNY")
    with pytest.raises(ValueError, match="too many decimal places"):
        to_minor(Decimal("0.5"), "JPY")


def test_spread_gives_the_odd_cent_to_the_first_of_equals() -> None:
    assert spread(Decimal(10), [Decimal(1)] * 3, "CNY") == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert spread(Decimal(-10), [Decimal(1)] * 3, "CNY") == [Decimal("-3.34"), Decimal("-3.33"), Decimal("-3.33")]
    assert spread(Decimal(0), [], "CNY") == []


@given(amounts, weights)
def test_spread_always_adds_up(total: Decimal, shares: list[Decimal]) -> None:
    parts = spread(total, shares, "CNY")

    assert sum(parts) == total
    assert len(parts) == len(shares)


@given(amounts)
def test_minor_units_round_trip(amount: Decimal) -> None:
    assert from_minor(to_minor(amount, "CNY"), "CNY") == amount


@pytest.mark.parametrize(("amount", "text"), [("1.125", "¥1.13"), ("1.135", "¥1.14"), ("-1.125", "-¥1.13")])
def test_format_amount_rounds_as_money_is_rounded(amount: str, text: str) -> None:
    assert format_amount(Decimal(amount), "CNY", "zh-hans") == text


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("zh-hans", "CNY", "¥1,234,567.50"),
        ("en", "CNY", "CN¥1,234,567.50"),
        ("ru", "CNY", "1\xa0234\xa0567,50\xa0CN¥"),
        ("zh-hans", "RUB", "RUB1,234,567.50"),
        ("en", "RUB", "RUB1,234,567.50"),
        ("ru", "RUB", "1\xa0234\xa0567,50\xa0₽"),
    ],
)
def test_format_amount_per_language(language: str, currency: str, text: str) -> None:
    assert format_amount(Decimal("1234567.5"), currency, language).replace("RUB\xa0", "RUB") == text
