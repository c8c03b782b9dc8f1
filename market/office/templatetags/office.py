"""Words of the office for codes that other packages keep as codes."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def outcome_words(code: str) -> str:
    words = {"allow": _("allowed"), "needs_evidence": _("evidence is missing"), "block": _("not allowed")}
    return words.get(code, code)


@register.simple_tag
def subject_words(code: str) -> str:
    words = {
        "purchase": _("purchase"),
        "cart": _("cart"),
        "enquiry": _("enquiry"),
        "product": _("product"),
        "order": _("order"),
    }
    return words.get(code, code)


@register.simple_tag
def gateway_words(code: str) -> str:
    words = {"bank_transfer": _("bank transfer"), "sandbox": _("sandbox payment"), "stripe": "Stripe"}
    return words.get(code, code)


@register.filter
def known_reason(reason: str) -> str:
    """Reasons our own programs write are codes in English; what people write stays as they wrote it."""
    words = {"paid too late": _("paid after the order had expired")}
    return words.get(reason, reason)
