"""The clock of a case. It runs in working time; a pause moves what is due by exactly the working time it lasted.

Each function changes the row in memory and the deadline in the table; the caller holds the row's lock and saves it."""

from datetime import datetime
from typing import Final

from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.deadlines.working_days import read_calendar
from market.public_services.models import Application
from market.public_services.states import Clock, Pause

KIND: Final = "application"
COLUMNS: Final = ("clock", "due_at", "paused_at", "paused_for")


def start_clock(row: Application, days: int, now: datetime) -> None:
    """Anew, so many working days; whatever ran or stood before is over."""
    _run(row, read_calendar().due(now, days))


def pause_clock(row: Application, why: Pause, now: datetime) -> None:
    row.clock, row.paused_at, row.paused_for = Clock.PAUSED, now, why
    close_deadline(KIND, row.number)


def resume_clock(row: Application, now: datetime) -> None:
    """Only a paused one moves."""
    if row.paused_at is None or row.due_at is None:
        return
    calendar = read_calendar()
    _run(row, calendar.after(row.due_at, calendar.between(row.paused_at, now)))


def stop_clock(row: Application) -> None:
    row.clock, row.paused_at, row.paused_for, row.due_at = Clock.STOPPED, None, "", None
    close_deadline(KIND, row.number)


def _run(row: Application, due: datetime) -> None:
    row.clock, row.paused_at, row.paused_for, row.due_at = Clock.RUNNING, None, "", due
    open_deadline(KIND, row.number, due_at=due)
