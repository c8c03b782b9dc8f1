"""Dates for people: one way to show a day in each language."""

from datetime import date

from babel.dates import format_date

from market.common.languages import babel_locale, normal_language

_DAY = {"zh-hans": "yyyy年M月d日", "en": "d MMM yyyy", "ru": "d MMMM yyyy 'г.'"}


def format_day(value: date, language: str) -> str:
    """In running text: `3 Nov 2026`."""
    return format_date(value, _DAY[normal_language(language)], locale=babel_locale(language))
