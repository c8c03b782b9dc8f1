"""Words and figures of papers. The document's language is the active one while a paper is made."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import override

from market.common.countries import country_name
from market.common.dates import format_day, format_moment
from market.common.languages import HTML_LANG, ZH, active_language
from market.common.money import format_amount
from market.common.quantity import format_number, format_quantity
from market.compliance.evidence import evidence_label
from orders.documents.words import WORDS

register = template.Library()


@register.simple_tag
def say(key: str) -> SafeString:
    """A fixed word in Chinese and, where that is another, in the buyer's language."""
    language = active_language()
    with override(ZH):
        chinese = str(WORDS[key])
    if language == ZH:
        return format_html("{}", chinese)
    return format_html('<span lang="{}">{}</span> {}', HTML_LANG[ZH], chinese, str(WORDS[key]))


@register.simple_tag
def word(key: str) -> str:
    """A fixed word in the buyer's language alone: where Chinese would not fit, beside a figure on a phone."""
    return str(WORDS[key])


@register.filter
def both(names: Sequence[str]) -> SafeString:
    """A name in Chinese and in the buyer's language, as the document keeps them."""
    marked = [(HTML_LANG[ZH] if place == 0 else HTML_LANG[active_language()], name) for place, name in enumerate(names)]
    return format_html_join(" ", '<span lang="{}">{}</span>', marked)


@register.filter
def figure(value: str) -> str:
    return format_number(Decimal(value), active_language())


@register.filter
def counted(value: str, unit: str) -> str:
    """`10 boxes`, with the unit's code of UN/ECE Rec 20 or 21."""
    return f"{format_quantity(Decimal(value), unit, active_language())} ({unit})"


@register.filter
def paid(value: str, currency: str) -> str:
    return format_amount(Decimal(value), currency, active_language())


@register.filter
def is_some(value: str) -> bool:
    return Decimal(value) != 0


@register.filter
def percent(value: str) -> str:
    return f"{format_number(Decimal(value) * 100, active_language())} %"


@register.filter
def dated(value: str) -> str:
    """A day or a moment kept as ISO 8601; moments in Beijing time."""
    language = active_language()
    if "T" in value:
        return format_moment(datetime.fromisoformat(value), language)
    return format_day(date.fromisoformat(value), language)


@register.filter
def land(code: str) -> str:
    """In Chinese and in the buyer's language, with its code of ISO 3166-1."""
    names = dict.fromkeys([country_name(code, ZH), country_name(code, active_language())])
    return f"{' '.join(names)} ({code})"


@register.filter
def evidence(kind: str) -> SafeString:
    """A proof that is missing, in Chinese and in the buyer's language."""
    with override(ZH):
        chinese = str(evidence_label(kind))
    return both(list(dict.fromkeys([chinese, str(evidence_label(kind))])))
