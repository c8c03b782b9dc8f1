"""What every page is put together from: icons, states as words in a pill, foreign words marked as such."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from market.common.languages import HTML_LANG, LANGUAGES, ZH, active_language, babel_locale, has_chinese, in_language

register = template.Library()
_LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English", "ru": "Русский"}
_TONES = {
    "ok": "completed approved published delivered captured succeeded paid open active done accepted handled matched "
    "checked shown settled sent done issued fulfilled",
    "wait": "awaiting_payment awaiting_seller submitted under_review pending processing action_required in_progress "
    "pre_transit picked_up in_transit customs out_for_delivery available_for_pickup requested received parked "
    "asked countered waiting escalated sending reading checking running held red_needed "
    "review_1 review_2 review_3",
    "bad": "returned suspended failed declined expired rejected dead delivery_attempted returning recalled quarantined "
    "hidden restricted unreadable not_accepted",
    "off": "draft withdrawn cancelled closed released refused over superseded skipped ended",
}
_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states.split()}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture of the sprite, for the eye only: the words beside it say the same."""
    return format_html('<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>', static("common/icons.svg"), name)


@register.inclusion_tag("common/_status.html")
def status(state: str, words: str) -> dict[str, str]:
    """The state's own word in a pill; the colour only repeats it."""
    return {"tone": _TONE_OF.get(state, "info"), "words": words}


@register.inclusion_tag("common/_stars.html")
def stars(given: int) -> dict[str, Any]:
    """What one person gave, 1 to 5: stars for the eye, words for the ear."""
    return {"given": given, "full": "★" * given, "empty": "☆" * (5 - given)}


@register.inclusion_tag("common/_rating.html")
def rating(average: Decimal | None, count: int) -> dict[str, Any]:
    """What all of them come to, always to one place; nothing where nobody has written."""
    shown = None if average is None else format_decimal(average, "0.0", babel_locale(active_language()))
    return {"average": shown, "count": count}


@register.filter
def mark_chinese(text: Any) -> SafeString:
    """Words that are Chinese on a page that is not (a seller's name, an address): marked, so that they are read aloud
    in Chinese and nobody takes them for a forgotten translation."""
    words = conditional_escape(text)
    if active_language() == ZH or not has_chinese(words):
        return words
    return format_html('<span lang="zh-Hans">{}</span>', words)


@register.simple_tag
def colon() -> str:
    """Between a name and what it is, as the language writes it."""
    return "：" if active_language() == ZH else ": "


@register.filter
def lang_mark(text: Any) -> SafeString:
    """The same for an element that holds only text, such as an option: its attribute, with a blank before it."""
    is_foreign = active_language() != ZH and has_chinese(str(text))
    return mark_safe(' lang="zh-Hans"' if is_foreign else "")  # noqa: S308 - nothing of the text is in it


@register.inclusion_tag("common/_languages.html", takes_context=True)
def language_menu(context: dict[str, Any]) -> dict[str, Any]:
    """This page in each language, with its query, each under its own name. A page shown in answer to a form names the
    address it has by itself: `own_path`; one whose address names no language is asked for it: `asks_language`."""
    request = context.get("request")
    here = context.get("own_path") if request and request.method == "POST" else ""
    here = here or (request.get_full_path() if request else "")
    active = active_language()
    links = [
        {
            "code": code,
            "lang": HTML_LANG[code],
            "name": _LANGUAGE_NAMES[code],
            "url": f"?lang={code}"
            if context.get("asks_language")
            else in_language(here, code)
            if here
            else f"/{code}/",
            "is_active": code == active,
        }
        for code in LANGUAGES
    ]
    return {"links": links, "active": _LANGUAGE_NAMES[active], "active_lang": HTML_LANG[active]}


@register.inclusion_tag("common/_alternates.html", takes_context=True)
def alternates(context: dict[str, Any]) -> dict[str, Any]:
    """Absolute addresses of this page in every language, without query: for search engines."""
    request = context["request"]
    path = context.get("own_path") or request.path
    links = [(HTML_LANG[code], request.build_absolute_uri(in_language(path, code))) for code in LANGUAGES]
    return {"links": links, "canonical": request.build_absolute_uri(path), "fallback": links[1][1]}
