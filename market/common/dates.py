"""Dates for people: one way to show a day in each language."""

from datetime import date

from babel.dates import format_date

from market.common.languages import babel_locale, normal_language

_DAY = {"zh-hans": "yyyy-MM-dd", "en": "d MMM yyyy", "ru": "dd.MM.yyyy"}


def format_day(value: date, language: str) -> str:
    return format_date(value, _DAY[normal_language(language)], locale=babel_locale(language))
