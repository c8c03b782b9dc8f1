from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog.imports.cells import BadCell, Cell, cell_of, code_of, months_of, number_of


@pytest.mark.parametrize(
    ("value", "language", "number"),
    [
        (12.5, "ru", "12.5"),
        (0.1 + 0.2, "en", "0.3"),
        (-0.0, "en", "0"),
        ("１２.５", "zh-hans", "12.5"),
        ("12,5", "en", "12.5"),
        ("1,234.5", "en", "1234.5"),
        ("1 234,5", "ru", "1234.5"),
        ("￥14.20", "zh-hans", "14.2"),
        ("14.2元", "zh-hans", "14.2"),
    ],
)
def test_number_is_read_as_people_write_it(value: Any, language: str, number: str) -> None:
    assert number_of(cell_of(value), 3, language) == Decimal(number)


@pytest.mark.parametrize("value", ["5 kg", "1e9", True, datetime(2026, 11, 3), "#REF!", 1e13, "0.0001", float("1e-9")])  # noqa: DTZ001
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(BadCell):
        number_of(cell_of(value), 3, "en")


@pytest.mark.parametrize(("value", "code"), [(1001, "1001"), (1001.0, "1001"), (" ＨＺ-5 ", "HZ-5"), ("a\nb", "a b")])
def test_code_is_one_line_of_narrow_signs(value: Any, code: str) -> None:
    assert code_of(cell_of(value), 40) == code


@pytest.mark.parametrize("read", [lambda cell: code_of(cell, 40), months_of])
def test_date_that_a_program_made_of_a_code_is_refused(read: Any) -> None:
    with pytest.raises(BadCell):
        read(cell_of(datetime(2026, 9, 10)))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "months"),
    [("9, 10", [9, 10]), ("9-11", [9, 10, 11]), ("11-2", [1, 2, 11, 12]), ("９月、10月", [9, 10]), ("3", [3])],
)
def test_months_are_read_in_many_ways(text: str, months: list[int]) -> None:
    assert months_of(Cell(text)) == months


@pytest.mark.parametrize("text", ["13", "0", "autumn", "9-13"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadCell):
        months_of(Cell(text))
