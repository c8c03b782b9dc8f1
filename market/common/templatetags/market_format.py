"""Template filters: they only call the formatting that stands with the values."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import get_month_names
from django import template
from django.utils import timezone

from market.common import languages
from market.common.countries import country_name
from market.common.dates import format_day, format_duration, format_moment
from market.common.languages import RU, active_language, babel_locale
from market.common.money import format_amount
from market.common.phones import format_phone
from market.common.quantity import format_number, format_quantity, plain, unit_label

register = template.Library()


@register.filter
def amount(value: Decimal, currency: str) -> str:
    return format_amount(value, currency, active_language())


@register.filter
def number(value: Decimal) -> str:
    return format_number(value, active_language())


@register.filter
def typed(value: Decimal) -> str:
    """As a person would type it into a field: `2.5`, `10`."""
    return plain(value)


@register.filter
def unit(code: str) -> str:
    return unit_label(code)


@register.filter
def quantity(value: Decimal, code: str) -> str:
    """`10 boxes`: the unit's word in the form the number asks for."""
    return format_quantity(value, code, active_language())


@register.filter
def phone(stored: str) -> str:
    return format_phone(stored, active_language())


@register.filter
def country(code: str) -> str:
    return country_name(code, active_language())


@register.filter
def moment(value: datetime) -> str:
    """Beijing time; the page says so once."""
    return format_moment(value, active_language())


@register.filter
def day(value: date) -> str:
    """In running text: `3 Nov 2026`."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_day(value, active_language())


@register.filter
def day_or_moment(value: date) -> str:
    """As exactly as it is known."""
    return moment(value) if isinstance(value, datetime) else day(value)


@register.filter
def table_day(value: date) -> str:
    """Short and of one width, for columns."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.strftime("%d.%m.%Y" if active_language() == RU else "%Y-%m-%d")


@register.filter
def lasting(value: timedelta) -> str:
    return format_duration(value)


@register.filter
def months(numbers: Iterable[int]) -> str:
    names = get_month_names("wide", context="stand-alone", locale=babel_locale(active_language()))
    return languages.listed(names[number] for number in numbers)


@register.filter
def month(value: date) -> str:
    """Below the line of a chart: `11.2026`, `2026-11`."""
    return value.strftime("%m.%Y" if active_language() == RU else "%Y-%m")


@register.filter
def listed(words: Iterable[object]) -> str:
    return languages.listed(words)
