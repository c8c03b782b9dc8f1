"""What whoever recalls a lot fills in, officer or seller."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.recalls.actions.open_recall import MOST
from orders.recalls.models import Recall


class RecallFields(forms.Form):
    severity = forms.ChoiceField(label=_("How grave"), choices=Recall.Severity, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What is wrong"),
        help_text=_("Buyers and everybody read it. At most 500 characters."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST,
    )
    advice = forms.CharField(
        label=_("Advice to buyers (optional)"),
        help_text=_("They are told in any case to eat, sell and pass on nothing, and to keep it apart."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=MOST,
        required=False,
    )
