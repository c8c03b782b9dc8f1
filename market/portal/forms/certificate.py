from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.products.actions.certify import Claim
from catalog.products.models import Product
from market.common.forms import DayField
from market.enterprises.models import Certificate, Enterprise
from market.portal.forms.base import Choices, PortalForm


class CertificateForm(PortalForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Please choose")), *Certificate.Kind.choices],
        help_text=_("A geographical indication is for whoever is approved to use it: growing there is not enough."),
    )
    number = forms.CharField(label=_("Certificate number"), max_length=60, help_text=_("as it stands on the paper"))
    body = forms.CharField(label=_("Issued by"), max_length=120)
    valid_from = DayField(label=_("Valid from"), help_text=_("such as 2026-10-03"))
    valid_to = DayField(label=_("Valid to"), help_text=_("the last day"))
    products = forms.ModelMultipleChoiceField(
        label=_("Products it covers"), queryset=Product.objects.none(), widget=Choices
    )

    def __init__(self, enterprise: Enterprise, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["products"]
        assert isinstance(choices, forms.ModelMultipleChoiceField)
        choices.queryset = Product.objects.for_enterprise(enterprise.pk).order_by("name_zh", "pk")

    def claim(self) -> Claim:
        values = self.cleaned_data
        return Claim(**{**values, "products": [product.pk for product in values["products"]]})
