from datetime import date, datetime

import pytest

from orders.shipments.facts import expected_day, read_expected


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("2026-12-24T16:00:00Z", date(2026, 12, 25)),
        ("2026-12-24T15:59:59Z", date(2026, 12, 24)),
        ("2026-12-24T20:30:00Z", date(2026, 12, 25)),
        ("2026-12-31T16:00:00Z", date(2027, 1, 1)),
        ("", None),
        ("soon, soon", None),
        ("2026-13-77", None),
    ],
)
def test_expected_day_is_the_markets(told: str, day: date | None) -> None:
    assert expected_day(told) == day


def test_local_midnight_is_a_day_and_any_other_time_a_moment() -> None:
    assert not isinstance(read_expected("2026-12-24T16:00:00Z"), datetime)
    assert isinstance(read_expected("2026-12-24T06:30:00Z"), datetime)
