"""Working time: Monday to Friday in Beijing, but for the days that the table `WorkDay` names. A working day counts
whole, from midnight to midnight, so that working time is measured to the second and adds up without a remainder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from market.common.deadlines.models import WorkDay

DAY = timedelta(days=1)
NOTHING = timedelta(0)


@dataclass(frozen=True)
class WorkCalendar:
    """`exceptions`: whether a day is worked, where its weekday does not say it."""

    exceptions: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def due(self, start: datetime, days: int) -> datetime:
        """The end of the last of so many working days; the day on which it starts does not count (Civil Code of the
        PRC, article 201)."""
        return self.after(_midnight_after(start), days * DAY)

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The first moment at which so much working time has gone since `start`."""
        moment, left = timezone.localtime(start), working
        while left > NOTHING:
            midnight = _midnight_after(moment)
            if self.is_working(moment.date()):
                room = midnight - moment
                if left <= room:
                    return moment + left
                left -= room
            moment = midnight
        return moment

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one moment to a later one; nothing when it is not later."""
        moment, sum_ = timezone.localtime(start), NOTHING
        while moment < end:
            until = min(_midnight_after(moment), timezone.localtime(end))
            if self.is_working(moment.date()):
                sum_ += until - moment
            moment = until
        return sum_


def read_calendar() -> WorkCalendar:
    """As it stands now. One statement."""
    return WorkCalendar(dict(WorkDay.objects.values_list("day", "is_working")))


def last_day(due: datetime) -> date:
    """The last day on which something due at this moment is in time: midnight belongs to the day before."""
    return timezone.localdate(due - timedelta(microseconds=1))


def _midnight_after(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    return datetime.combine(local.date() + DAY, time(), tzinfo=local.tzinfo)
