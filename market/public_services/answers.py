"""Answers as they are kept: text, decimals with a point, ISO dates, codes. What was typed is checked by its kind."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from market.common.dates import format_day, read_date
from market.common.languages import EN, active_language
from market.common.money import format_amount
from market.common.plain_text import plain_words
from market.common.quantity import LARGEST, fits_places, format_number, parse_decimal, plain
from market.enterprises.models import Enterprise
from market.public_services.schema import AMOUNT, Field, Kind, Section

MOST: Final = {Kind.TEXT: 200, Kind.WORDS: 2000}
YES, NO = "yes", "no"


def kept_answer(field: Field, typed: str) -> str:
    """As it is kept; empty stays empty. Raises ValueError with the words to show."""
    text = plain_words(typed)
    if not text:
        return ""
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        return _number(field, text)
    if field.kind == Kind.DAY:
        return _day(text)
    codes = [YES, NO] if field.kind == Kind.YES_NO else [choice.code for choice in field.choices]
    if field.kind in (Kind.YES_NO, Kind.CHOICE):
        if text not in codes:
            raise ValueError(_("Please choose one of the values offered."))
        return text
    most = MOST[Kind(field.kind)]
    if len(text) > most:
        raise ValueError(_("at most %(most)s characters") % {"most": most})
    return text


def _number(field: Field, text: str) -> str:
    number = parse_decimal(text, EN)
    places = 2 if field.kind == Kind.MONEY else 3
    if number is None or not fits_places(number, places) or not 0 <= number < LARGEST:
        raise ValueError(_("Please enter a number, such as 12.5."))
    return plain(number)


def _day(text: str) -> str:
    day = read_date(text)
    if day is None:
        raise ValueError(_("Please enter a date such as 2026-10-03."))
    return day.isoformat()


def shown_answer(field: Field, kept: str) -> str:
    """For people, in the active language; empty when there is none."""
    if not kept:
        return ""
    if field.kind == Kind.DAY:
        return format_day(date.fromisoformat(kept), active_language())
    if field.kind == Kind.YES_NO:
        return _("yes") if kept == YES else _("no")
    if field.kind == Kind.CHOICE:
        return next((str(choice.label) for choice in field.choices if choice.code == kept), kept)
    if field.kind == Kind.MONEY:
        return format_amount(Decimal(kept), "CNY", active_language())
    if field.kind == Kind.NUMBER:
        return f"{format_number(Decimal(kept), active_language())} {field.unit}".strip()
    return kept


def missing_in(section: Section, answers: Mapping[str, str]) -> list[Field]:
    return [field for field in section.fields if field.is_required and not answers.get(field.name)]


def known_answers(fields: Mapping[str, Field], enterprise: Enterprise) -> dict[str, str]:
    """What the house knows of the enterprise already, for the fields that ask for it."""
    known = {name: str(getattr(enterprise, field.fact)) for name, field in fields.items() if field.fact in FACTS}
    return {name: value for name, value in known.items() if value}


def amount_of(answers: Mapping[str, str]) -> Decimal | None:
    return Decimal(answers[AMOUNT]) if answers.get(AMOUNT) else None


FACTS: Final = ("name_zh", "name_en", "credit_code", "contact_name", "contact_phone", "address", "about_zh")
