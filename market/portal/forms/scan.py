"""What a seller hands in of an authority's paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import DayField
from market.portal.forms.base import PortalForm
from orders.documents.actions.keep_authority_paper import IssuedPaper
from orders.documents.handed_in import MAX_BYTES
from orders.documents.models import AuthorityPaper


class ScanForm(PortalForm):
    kind = forms.ChoiceField(label=_("Kind of paper"), choices=AuthorityPaper.Kind)
    number = forms.CharField(label=_("Number on the paper"), max_length=60)
    issuer = forms.CharField(label=_("Issued by"), max_length=120)
    issued_on = DayField(label=_("Issued on"))
    valid_to = DayField(label=_("Valid to (optional)"), required=False)
    link = forms.CharField(
        label=_("Where the issuer confirms it (optional)"),
        max_length=200,
        required=False,
        help_text=_("an address that begins with https://"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("Scan or file"),
        help_text=_("PDF, JPEG or PNG, at most 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def clean_file(self) -> Any:
        """Too large a one is refused unread."""
        file = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_BYTES:
            raise forms.ValidationError(_("PDF, JPEG or PNG, at most 5 MB"))
        return file

    def paper(self) -> IssuedPaper:
        kept = self.cleaned_data
        raw = bytes(kept["file"].read())
        names = ("kind", "number", "issuer", "issued_on", "valid_to", "link")
        return IssuedPaper(**{name: kept[name] for name in names}, raw=raw)
