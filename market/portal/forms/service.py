"""What an enterprise fills in for a public service: built from the fields of its version."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import MarketError
from market.common.forms import DayField, NumberField, PlainTextField
from market.common.quantity import plain
from market.portal.forms.base import OneOf, PortalForm
from market.public_services.answers import MOST, NO, YES
from market.public_services.papers import Upload, read_upload
from market.public_services.schema import Condition, Field, Kind

ANSWERS = [(YES, gettext_lazy("yes")), (NO, gettext_lazy("no"))]


class AnswersForm(PortalForm):
    """Saved complete or not: nothing has to be filled in before the hand-in."""

    def __init__(self, fields: Iterable[Field], answers: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(answers), **kwargs)
        for field in fields:
            self.fields[field.name] = _form_field(field)

    def values(self) -> dict[str, str]:
        return {name: _text(value) for name, value in self.cleaned_data.items()}


class QuestionsForm(PortalForm):
    """Two to four questions before the start."""

    def __init__(self, questions: Iterable[Condition], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in questions:
            self.fields[one.code] = forms.ChoiceField(
                label=str(one.question),
                choices=ANSWERS,
                widget=OneOf,
                error_messages={
                    "required": gettext_lazy("Please choose one of the values offered."),
                    "invalid_choice": gettext_lazy("Please choose one of the values offered."),
                },
            )


class PaperForm(PortalForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, JPEG or PNG, up to 10 MB. Only your enterprise and officers in charge see it."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another one.")},
    )
    valid_to = DayField(
        label=gettext_lazy("Valid to (optional)"),
        help_text=gettext_lazy("With it you are not asked for this paper again while it is valid. Such as 2026-10-03"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["required"] = _("Choose a file.")

    def clean_file(self) -> Upload:
        try:
            return read_upload(self.cleaned_data["file"])
        except MarketError as error:
            raise ValidationError(error.message) from error


class DeclarationForm(PortalForm):
    is_declared = forms.BooleanField(
        label=gettext_lazy("What I have stated is true and complete, and I may sign for the enterprise.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_declared"].error_messages["required"] = _("Please tick this to hand in.")


def _form_field(field: Field) -> forms.Field:
    label = str(field.label) if field.is_required else _("%(label)s (optional)") % {"label": field.label}
    # The page takes a hint for HTML, and this one was written by somebody.
    common: dict[str, Any] = {"label": label, "help_text": conditional_escape(str(field.hint)), "required": False}
    if field.kind == Kind.NUMBER:
        unit = f" ({field.unit})" if field.unit else ""
        return NumberField(least=Decimal(0), **(common | {"label": label + unit}))
    if field.kind == Kind.MONEY:
        return NumberField(least=Decimal(0), places=2, **(common | {"label": f"{label} (CNY)"}))
    if field.kind == Kind.DAY:
        return DayField(**common)
    if field.kind == Kind.WORDS:
        return PlainTextField(widget=forms.Textarea(attrs={"rows": 4}), max_length=MOST[Kind.WORDS], **common)
    if field.kind == Kind.YES_NO:
        return forms.ChoiceField(choices=ANSWERS, widget=OneOf, **common)
    if field.kind == Kind.CHOICE:
        offered = [(choice.code, str(choice.label)) for choice in field.choices]
        return forms.ChoiceField(choices=offered, widget=OneOf, **common)
    return forms.CharField(max_length=MOST[Kind.TEXT], **common)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value or "")
