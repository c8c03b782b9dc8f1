"""What officers fill in. Forms check shape; the actions check sense."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.forms import DayField, MarketForm, NumberField
from market.common.plain_text import plain_code
from market.compliance.models import DestinationPolicy
from market.enterprises.items import ITEMS
from market.enterprises.models import Enterprise
from market.enterprises.states import BY_MEMBERS, MOVES

S = Enterprise.State
# What each decision is called as an act, and what it brings about.
ACTS = {
    S.UNDER_REVIEW: gettext_lazy("Take it up: somebody is looking at it"),
    S.APPROVED: gettext_lazy("Approve: the enterprise may sell"),
    S.RETURNED: gettext_lazy("Return: the enterprise corrects and hands in again"),
    S.REJECTED: gettext_lazy("Reject: the application ends here"),
    S.SUSPENDED: gettext_lazy("Suspend: its products leave the shop at once; open orders go on"),
}
AGAIN = {
    S.SUSPENDED: {S.APPROVED: gettext_lazy("Reinstate: its products come back to the shop")},
    S.REJECTED: {S.UNDER_REVIEW: gettext_lazy("Take it up again")},
}


class OfficeForm(MarketForm):
    """What is missing is told in our own words, unless the field has better ones."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = gettext_lazy("Please fill this in.")


class DecisionForm(OfficeForm):
    """The moves this state allows, one general reason, and a reason for each item that has to be corrected."""

    to = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        choices=(),
        error_messages={"invalid_choice": gettext_lazy("This decision is not possible now: look at the state above.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The enterprise reads it. Needed to return, reject, suspend or reinstate."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {**ACTS, **AGAIN.get(S(state), {})}
        moves = MOVES[state] - BY_MEMBERS
        choice = self.fields["to"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(to, label) for to, label in words.items() if to in moves]
        if S.RETURNED in moves:
            for name, label in ITEMS.items():
                self.fields[f"item-{name}"] = forms.CharField(label=str(label), max_length=500, required=False)

    @property
    def item_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("item-")]

    @property
    def items_given(self) -> dict[str, str]:
        return {
            name.removeprefix("item-"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("item-") and text
        }


class DestinationForm(OfficeForm):
    country = forms.CharField(
        label=gettext_lazy("Country, two letters"), help_text=gettext_lazy("ISO 3166-1, such as KZ"), max_length=2
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=DestinationPolicy.Status.choices)
    hs_prefixes = forms.CharField(
        label=gettext_lazy("Only goods whose HS code begins with (optional)"),
        help_text=gettext_lazy("Digits, separated by blanks, such as 0802 0813. Empty: all goods."),
        max_length=400,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Which law or document, of what date, and who checked it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def clean_country(self) -> str:
        return plain_code(self.cleaned_data["country"]).upper()

    def clean_hs_prefixes(self) -> list[str]:
        prefixes = str(self.cleaned_data["hs_prefixes"]).replace(",", " ").replace(".", "").split()
        if not all(prefix.isascii() and prefix.isdigit() and 2 <= len(prefix) <= 6 for prefix in prefixes):
            raise forms.ValidationError(_("HS codes are 2 to 6 digits, such as 08, 0813 or 081340."))
        return sorted(set(prefixes))


class TransferForm(OfficeForm):
    row_id = forms.CharField(label=gettext_lazy("The bank's own number of the movement"), max_length=80)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60)
    payer = forms.CharField(label=gettext_lazy("Payer"), max_length=120)
    amount = NumberField(label=gettext_lazy("Amount, CNY"), places=2, is_positive=True, most=Decimal("999999999.99"))
    booked_on = DayField(label=gettext_lazy("Booked on"), help_text=gettext_lazy("such as 2026-11-24"))


class StatementForm(OfficeForm):
    file = forms.FileField(
        label=gettext_lazy("Bank statement"),
        help_text=gettext_lazy("CSV in UTF-8 or GB18030, up to 500 lines and 1 MB."),
        error_messages={"required": gettext_lazy("Please choose a file.")},
    )


class RefundForm(OfficeForm):
    bank_row_id = forms.CharField(label=gettext_lazy("The bank's own number of the movement"), max_length=80)
