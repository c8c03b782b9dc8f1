"""The calendar of working days is kept at the top of the organisation: holidays, and days worked instead of them."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.deadlines.models import WorkDay
from market.common.errors import InvalidInput, NotFound


def set_work_day(day: date, *, is_working: bool | None, note: str = "", by: User, now: datetime) -> None:
    """`is_working` None: the weekday says it again. What is due already stays; what begins, stands or goes on from now
    is reckoned by it. Raises NotFound for others than reviewers at the top, InvalidInput where the weekday says so
    already."""
    if not keeps_calendar(by, now):
        raise NotFound()
    if is_working is not None and is_working == (day.weekday() < 5):
        raise InvalidInput(fields={"day": _("its weekday says so already")})
    with transaction.atomic():
        if is_working is None:
            WorkDay.objects.filter(day=day).delete()
        else:
            WorkDay.objects.update_or_create(day=day, defaults={"is_working": is_working, "note": note.strip()})
        record_act(
            actor=by,
            action="calendar.set",
            subject_kind="calendar",
            subject_id=day.isoformat(),
            now=now,
            is_working=is_working,
            reason=note.strip(),
        )


def keeps_calendar(by: User, now: datetime) -> bool:
    return posts_of(by, now, Post.Role.REVIEWER).filter(unit__parent=None).exists()
