"""What a seller confirms for a lot."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import NumberField
from market.portal.forms.base import Choices, PortalForm
from orders.documents.actions.issue_document import LONGEST_REASON
from orders.documents.contents.commitment import LONGEST_CONTACT, Basis, Commitment


class CommitmentForm(PortalForm):
    """Product, lot and origin are no fields: they are the lot's own."""

    weight = NumberField(label=_("Quantity, kg"), help_text=_("of this lot, as it goes out"), is_positive=True)
    basis = forms.MultipleChoiceField(label=_("What the commitment rests on"), choices=Basis, widget=Choices)
    contact = forms.CharField(label=_("Contact person"), max_length=LONGEST_CONTACT)
    phone = forms.CharField(
        label=_("Contact phone"), max_length=LONGEST_CONTACT, help_text=_("printed on it; everybody can read it")
    )
    confirmed = forms.BooleanField(
        label=_("We commit: nothing banned was used or added, and residues are within the national limits."),
    )
    reason = forms.CharField(
        label=_("Why it takes the place of the one before (only if there is one)"),
        max_length=LONGEST_REASON,
        required=False,
    )

    def commitment(self) -> Commitment:
        kept: dict[str, Any] = self.cleaned_data
        return Commitment(kept["weight"], kept["basis"], kept["contact"], kept["phone"])
