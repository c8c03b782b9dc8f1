"""What the portal's forms share: our own messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import MarketForm


class Choices(forms.CheckboxSelectMultiple):
    template_name = "portal/widgets/choices.html"


class OneOf(forms.RadioSelect):
    template_name = "portal/widgets/choices.html"


class PortalForm(MarketForm):
    """What is missing or no choice is told in our own words."""

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
