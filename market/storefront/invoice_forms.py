"""What a buyer fills in for a tax invoice; the action checks the sense."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from market.common.forms import MarketForm
from orders.documents.actions.ask_invoice import Details
from orders.documents.models import InvoiceDetails, InvoiceProfile

FIELDS = ("kind", "holder", "title", "tax_number", "email", "address", "phone", "bank", "account")


class InvoiceForm(MarketForm):
    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Kind of invoice"), choices=InvoiceDetails.Kind, widget=forms.RadioSelect)
    holder = forms.ChoiceField(label=_("Made out to"), choices=InvoiceDetails.Holder, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title of the invoice"), max_length=100, help_text=_("the registered name, or a person's name")
    )
    tax_number = forms.CharField(
        label=_("Tax number (firms)"), max_length=30, required=False, help_text=_("15, 18 or 20 signs")
    )
    email = forms.EmailField(
        label=_("Email for the invoice (optional)"),
        required=False,
        help_text=_("We write there when it can be fetched."),
        error_messages={"invalid": _("An email address looks like name@example.com.")},
    )
    address = forms.CharField(label=_("Registered address (special invoices)"), max_length=200, required=False)
    phone = forms.CharField(label=_("Telephone (special invoices)"), max_length=30, required=False)
    bank = forms.CharField(label=_("Bank and branch (special invoices)"), max_length=100, required=False)
    account = forms.CharField(label=_("Bank account (special invoices)"), max_length=40, required=False)

    def __init__(self, profile: InvoiceProfile | None, *args: Any, **kwargs: Any) -> None:
        """`profile`: what was asked for the last time."""
        known = model_to_dict(profile, FIELDS) if profile else {"kind": "ordinary", "holder": "person"}
        super().__init__(*args, **{"initial": known, **kwargs})
        for field in self.fields.values():
            field.error_messages |= {"required": _("Please fill this in.")}

    def details(self) -> Details:
        return Details(**{name: self.cleaned_data[name] for name in FIELDS})
