"""Officers stop the clock for a reason and let it go on."""

from datetime import date, timedelta

import pytest

from market.common.deadlines.models import WorkDay
from market.common.deadlines.working_days import read_calendar
from market.common.errors import InvalidInput
from market.public_services.actions.watch_clock import pause, resume
from market.public_services.errors import DecidedAlready
from tests.builders import NOW
from tests.market.public_services.scenes import (
    DAY,
    Town,
    at_desk,
    make_accepted,
    make_service,
)

pytestmark = pytest.mark.django_db


def test_a_pause_adds_exactly_the_paused_working_time(town: Town) -> None:
    WorkDay.objects.create(day=date(2026, 11, 26), is_working=False)
    case = make_accepted(town, make_service(town.corps))
    due, officer = case.due_at, town.officers["regiment"]
    assert due is not None
    case = pause(at_desk(case), "on_site", reason="约现场查验", by=officer, now=NOW + DAY)
    with pytest.raises(DecidedAlready):
        pause(at_desk(case), "expert", reason="再停", by=officer, now=NOW + DAY)

    back = NOW + 3 * DAY + timedelta(seconds=1)
    case = resume(at_desk(case), by=officer, now=back)

    assert case.due_at is not None
    assert read_calendar().between(due, case.due_at) == DAY + timedelta(seconds=1)
    with pytest.raises(DecidedAlready):
        resume(at_desk(case), by=officer, now=back)
    with pytest.raises(InvalidInput):
        pause(at_desk(case), "correction", reason="x", by=officer, now=back)
