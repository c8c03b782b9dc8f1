"""Our own fields and their rendering: label above, hint, error at the field (ui.md, 6.5)."""

import re
import unicodedata
from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _

from market.common.dates import read_date
from market.common.languages import HTML_LANG, ZH, active_language, has_chinese
from market.common.plain_text import plain_words
from market.common.quantity import LARGEST, fits_places, parse_decimal, plain


class FieldRenderer(TemplatesSetting):
    """A browser that knows the limit of a field cuts what is pasted without a word. It is not told: the form says how
    long a text may be and how long it is, and keeps all of it."""

    field_template_name = "common/_field.html"

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        if "widget" in context:
            context["widget"]["attrs"].pop("maxlength", None)
        return str(super().render(template_name, context, request))


class MarketForm(forms.Form):
    """What is too long is told in our words; Django speaks of values."""

    def add_error(self, field: str | None, error: Any) -> None:
        for one in getattr(error, "error_list", ()):
            if one.code == "max_length":
                one.message = _("Too long: at most %(limit_value)s characters, and it has %(show_value)s.")
        super().add_error(field, error)


class NumberField(forms.CharField):
    """A decimal as people type it (Django's own is `type=number` and refuses `1,234.5`). Cleans to a Decimal, or None
    when it may be left empty. `is_positive`: zero is none; what no column holds is refused anyway."""

    widget = forms.TextInput(attrs={"class": "short"})

    def __init__(
        self,
        *,
        places: int = 3,
        least: Decimal | None = None,
        most: Decimal | None = None,
        is_positive: bool = False,
        **kwargs: Any,
    ) -> None:
        self.places, self.least, self.most, self.is_positive = places, least, most, is_positive
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> Decimal | None:
        typed = str(super().clean(value) or "")
        if not typed:
            return None
        number = parse_decimal(typed, active_language())
        if number is None:
            raise ValidationError(_("Please enter a number, such as 12.5."))
        if self.is_positive and number <= 0:
            raise ValidationError(_("This must be above zero."))
        if self.least is not None and number < self.least:
            raise ValidationError(_("This must be at least %(least)s.") % {"least": plain(self.least)})
        if self.most is not None and number > self.most:
            raise ValidationError(_("This must be at most %(most)s.") % {"most": plain(self.most)})
        if abs(number) >= LARGEST:
            raise ValidationError(_("This number is too large."))
        if not fits_places(number, self.places):
            words = _("Please enter a number with at most %(places)s decimal places.") % {"places": self.places}
            raise ValidationError(words if self.places else _("A whole number, please, such as 10."))
        return number


class PlainTextField(forms.CharField):
    """Words of many lines; what nobody can see is dropped instead of refused."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return plain_words(str(super().to_python(value) or ""))

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Chinese words in it are marked, as everywhere on a page that is not Chinese."""
        bound = super().get_bound_field(form, field_name)
        if has_chinese(str(bound.value() or "")):
            self.widget.attrs["lang"] = HTML_LANG[ZH]
        return bound


class TimeField(forms.CharField):
    """A time of the day as people type it: `8`, `8:30`, `0830`, `8点30`. Cleans to a time."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "short", "placeholder": "08:00"})

    def clean(self, value: Any) -> time:
        typed = unicodedata.normalize("NFKC", str(super().clean(value) or "")).strip()
        found = re.fullmatch(r"(\d{1,2})(?:\D?(\d{2}))?\D?", typed, re.ASCII)
        hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
        if hour > 23 or minute > 59:
            raise ValidationError(_("Please enter a time such as 08:30."))
        return time(hour, minute)


class DayField(forms.CharField):
    """A date as text, forgiving. Cleans to date, or None when empty and optional."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "short"})

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "")
        if not typed:
            return None
        day = read_date(typed)
        if day is None or not 2000 <= day.year <= 2100:
            raise ValidationError(_("Please enter a date such as 2026-10-03."))
        return day
