"""What a seller hands in of a tax invoice."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import DayField, NumberField
from market.common.money import exponent
from market.common.quantity import plain
from market.portal.forms.base import PortalForm
from orders.documents.actions.answer_invoice import LONGEST_REASON, HandedIn
from orders.documents.errors import AmountDiffers
from orders.documents.handed_in import MAX_BYTES


class HandInForm(PortalForm):
    number = forms.CharField(label=_("Invoice number"), max_length=40, help_text=_("20 digits, or 8 on paper"))
    issued_on = DayField(label=_("Date of the invoice"))
    file = forms.FileField(
        label=_("The invoice as a file"),
        help_text=_("PDF, OFD or XML, at most 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.ofd,.xml"}),
    )

    def __init__(self, due: Decimal, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = NumberField(
            label=_("Amount with tax, %(currency)s") % {"currency": currency},
            places=exponent(currency),
            is_positive=True,
            initial=plain(due),
            error_messages={"required": _("Please fill this in.")},
        )
        self.order_fields(["number", "issued_on", "amount", "file"])

    def clean_file(self) -> Any:
        """Too large a one is refused unread."""
        file = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_BYTES:
            raise forms.ValidationError(_("PDF, OFD or XML, at most 5 MB"))
        return file

    def handed_in(self) -> HandedIn:
        kept = self.cleaned_data
        return HandedIn(kept["number"], kept["issued_on"], kept["amount"], bytes(kept["file"].read()))

    def put_refusal(self, error: AmountDiffers) -> None:
        self.add_error("amount", error.message)


class NoInvoiceForm(PortalForm):
    reason = forms.CharField(
        label=_("Why there is none"),
        help_text=_("The buyer reads it."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
