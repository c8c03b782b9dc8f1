"""What officers fill in about a case of a public service."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from market.office.forms import OfficeForm
from market.public_services.actions.watch_clock import BY_OFFICERS
from market.public_services.models import ServiceVersion
from market.public_services.states import State

WHOSE: Final = {
    "mine": _("mine to decide"),
    "unit": _("at the desk of my unit"),
    "all": _("all of my area"),
}
STATES: Final = [(state.value, state.label) for state in State if state != State.DRAFT]
TARGET: Final = "at-"


class OpinionForm(OfficeForm):
    opinion = forms.CharField(
        label=_("Opinion (optional)"),
        help_text=_("The enterprise reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )


class DoneForm(OfficeForm):
    opinion = forms.CharField(
        label=_("What was done"),
        help_text=_("Such as when the money was paid, or the number of the paper that was issued."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )


class RefusalForm(OfficeForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The enterprise reads it. Name the rule and by how much it is missed."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )
    remedy = forms.CharField(
        label=_("What the enterprise can do"),
        help_text=_("Such as where and until when it can object, or when to apply again."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )


class ReturnForm(OfficeForm):
    """One line for everything that can be asked; what is empty is not asked."""

    def __init__(self, *args: Any, version: ServiceVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for target, label in version.target_names.items():
            self.fields[TARGET + target] = forms.CharField(label=label, max_length=500, required=False)

    @property
    def items(self) -> Mapping[str, str]:
        return {name.removeprefix(TARGET): text for name, text in self.cleaned_data.items() if text}


class PauseForm(OfficeForm):
    why = forms.ChoiceField(
        label=_("Why the clock stands"),
        choices=[(value.value, value.label) for value in BY_OFFICERS],
        error_messages={"invalid_choice": _("Please choose one of the list.")},
    )
    reason = forms.CharField(
        label=_("What is waited for"),
        help_text=_("The enterprise reads it."),
        max_length=500,
    )
