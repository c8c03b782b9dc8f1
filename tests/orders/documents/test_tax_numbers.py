import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.documents.tax_numbers import is_tax_number, normal_tax_number


@pytest.mark.parametrize(
    ("typed", "is_good"),
    [
        ("91110000600037341L", True),
        (" 9111 0000 6000 3734 1l ", True),
        ("９１１１００００６０００３７３４１Ｌ", True),
        ("911100006000373410", False),  # another check digit
        ("11010519491231002X", True),  # the example of GB 11643
        ("11010519491231002X00", True),
        ("11010519491231002XAB", False),
        ("110105194912310021", False),
        ("110000600037341", True),
        ("11000060003734A", True),
        ("A10000600037341", False),
        ("", False),
        ("12345", False),
        ("٩١١١٠٠٠٠٦٠٠٠٣٧٣٤١٠", False),
    ],
)
def test_a_tax_number_has_the_form_and_check_digit_of_its_kind(typed: str, is_good: bool) -> None:
    assert is_tax_number(normal_tax_number(typed)) == is_good


@given(st.text(max_size=25))
def test_any_text_is_a_tax_number_or_none_and_nothing_fails(typed: str) -> None:
    number = normal_tax_number(typed)

    assert is_tax_number(number) in (True, False)
    assert not is_tax_number(number) or len(number) in (15, 18, 20)
