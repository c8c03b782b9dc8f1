"""What the portal's forms share: our own messages, numbers as people type them."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.common.languages import RU, active_language
from market.common.quantity import LARGEST, fits_places

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)  # no `1e9`: nobody counts boxes so
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def read_number(typed: str, language: str) -> Decimal | None:
    """`1,234.5`, `1 234,5`, full-width digits. A single comma groups thousands only where people write so: `1,234` is
    one thousand in Chinese and English, and a decimal in Russian."""
    text = (
        "".join(unicodedata.normalize("NFKC", typed).split())
        .replace("、", ",")
        .replace("。", ".")
        .replace("’", "")
        .replace("'", "")
        .replace("−", "-")
    )
    if "," in text and "." in text:
        marks = (",", ".") if text.rfind(".") > text.rfind(",") else (".", ",")
        text = text.replace(marks[0], "").replace(marks[1], ".")
    elif "," in text:
        is_grouped = _GROUPED.fullmatch(text) and language != RU
        text = text.replace(",", "" if is_grouped else ".")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


class NumberField(forms.CharField):
    """A decimal as text: no spinner, both separators. Cleans to Decimal, or None when empty and optional."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"})

    def __init__(self, *, places: int = 3, **kwargs: Any) -> None:
        self.places = places
        super().__init__(**{"max_length": 24, **kwargs})

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "")
        if not typed:
            return None
        number = read_number(typed, active_language())
        if number is None:
            raise ValidationError(_("Please enter a number, such as 12.5."))
        if abs(number) >= LARGEST:
            raise ValidationError(_("This number is too large."))
        if not fits_places(number, self.places):
            raise ValidationError(
                _("Please enter a number with at most %(places)s decimal places."), params={"places": self.places}
            )
        return number


class Choices(forms.CheckboxSelectMultiple):
    template_name = "portal/widgets/choices.html"


class OneOf(forms.RadioSelect):
    template_name = "portal/widgets/choices.html"


class PortalForm(forms.Form):
    """Required, wrong choice and too long are told in our own words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
                field.empty_label = _("Please choose")
            field.error_messages = field.error_messages | {
                "required": _("Please fill this in."),
                "invalid_choice": _("Please choose one of the values offered."),
            }
