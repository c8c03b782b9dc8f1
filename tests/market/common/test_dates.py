from datetime import date

import pytest

from market.common.dates import read_date


@pytest.mark.parametrize(
    "typed", ["2026-10-03", "2026/10/3", "2026.10.03", "2026年10月3日", "20261003", "03.10.2026", "２０２６-10-03"]
)
def test_dates_as_people_type_them(typed: str) -> None:
    assert read_date(typed) == date(2026, 10, 3)


@pytest.mark.parametrize("typed", ["", "2026-13-01", "2026-02-30", "yesterday", "10/2026", "00000000"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert read_date(typed) is None
