import pytest

from market.compliance.classes import product_class


@pytest.mark.parametrize(
    ("hs_code", "expected"),
    [
        ("080610", "fresh_fruit"),
        ("080620", "dried_fruit"),
        ("0806201000", "dried_fruit"),
        ("081340", "dried_fruit"),
        ("070200", "fresh_vegetable"),
        ("071290", ""),
        ("0407", "egg"),
        ("080", ""),
        ("", ""),
    ],
)
def test_class_of_a_code(hs_code: str, expected: str) -> None:
    assert product_class(hs_code) == expected
