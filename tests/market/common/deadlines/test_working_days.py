from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.common.deadlines.models import WorkDay
from market.common.deadlines.working_days import WorkCalendar, last_day, read_calendar

# Monday, 23 November 2026, 10:00 in Beijing.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PLAIN = WorkCalendar({})
FREE_TUESDAY = WorkCalendar({date(2026, 11, 24): False, date(2026, 11, 28): True})
moments = st.integers(0, 365 * 86400).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
spans = st.timedeltas(timedelta(0), timedelta(days=40))


def test_working_days_are_counted_from_the_day_after() -> None:
    assert last_day(PLAIN.due(MONDAY, 5)) == date(2026, 11, 30)
    assert last_day(PLAIN.due(MONDAY + timedelta(days=5), 5)) == date(2026, 12, 4)  # begun on a Saturday


def test_a_holiday_and_a_worked_saturday_move_the_day() -> None:
    assert last_day(FREE_TUESDAY.due(MONDAY, 1)) == date(2026, 11, 25)
    assert last_day(FREE_TUESDAY.due(MONDAY, 4)) == date(2026, 11, 28)


def test_free_days_are_no_working_time() -> None:
    friday, monday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)

    assert PLAIN.between(friday, monday) == timedelta(days=1)
    assert PLAIN.between(monday, friday) == timedelta(0)


@given(start=moments, working=spans)
def test_what_is_added_is_what_is_measured(start: datetime, working: timedelta) -> None:
    assert FREE_TUESDAY.between(start, FREE_TUESDAY.after(start, working)) == working


@given(start=moments, one=spans, other=spans)
def test_two_spans_after_each_other_are_their_sum(start: datetime, one: timedelta, other: timedelta) -> None:
    assert PLAIN.after(PLAIN.after(start, one), other) == PLAIN.after(start, one + other)


@pytest.mark.django_db
def test_the_table_says_which_days_are_not_what_their_weekday_says() -> None:
    WorkDay.objects.create(day=date(2026, 11, 24), is_working=False, note="示例假日")

    assert not read_calendar().is_working(date(2026, 11, 24))
    assert read_calendar().is_working(date(2026, 11, 25))
