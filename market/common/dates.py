"""Dates and times for people: how a day is shown in each language and how it is typed, how long something lasts."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_datetime
from django.utils import timezone
from django.utils.translation import gettext as _

from market.common.languages import babel_locale, normal_language

_MOMENT = {"zh-hans": "yyyy-MM-dd HH:mm", "en": "d MMM yyyy HH:mm", "ru": "dd.MM.yyyy HH:mm"}
_DAY = {"zh-hans": "yyyy年M月d日", "en": "d MMM yyyy", "ru": "d MMMM yyyy 'г.'"}
_YEAR_FIRST = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*")
_DAY_FIRST = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})\D*")


def read_date(typed: str) -> date | None:
    """`2026-10-03`, `2026/10/3`, `2026年10月3日`, `20261003`, `03.10.2026`."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if text.isdigit() and len(text) == 8:
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def format_day(value: date, language: str) -> str:
    """In running text: `3 Nov 2026`."""
    return format_date(value, _DAY[normal_language(language)], locale=babel_locale(language))


def format_moment(value: datetime, language: str) -> str:
    """Beijing time, which the page or the mail says once."""
    language = normal_language(language)
    return format_datetime(timezone.localtime(value), _MOMENT[language], locale=babel_locale(language))


def format_duration(value: timedelta) -> str:
    """In whole minutes: `0 min`, `53 h 10 min`."""
    hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes}
