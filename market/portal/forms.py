from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Category, Product
from market.common.quantity import UNIT_CHOICES
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit

if TYPE_CHECKING:
    _EnterpriseForm = forms.ModelForm[Enterprise]
else:
    _EnterpriseForm = forms.ModelForm


class PlainForm(forms.Form):
    use_required_attribute = False


class RegisterForm(PlainForm):
    name_zh = forms.CharField(label=_("Legal name in Chinese"), max_length=200)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=30)
    unit = forms.ModelChoiceField(label=_("Regiment"), queryset=OrgUnit.objects.filter(level="regiment"))


class DetailsForm(_EnterpriseForm):
    use_required_attribute = False

    class Meta:
        model = Enterprise
        fields = ["name_en", "name_ru", "contact_name", "contact_phone", "address", "bank_name", "bank_account"]


class ProductForm(PlainForm):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English (optional)"), max_length=200, required=False)
    name_ru = forms.CharField(label=_("Name in Russian (optional)"), max_length=200, required=False)
    description_zh = forms.CharField(label=_("Description (optional)"), widget=forms.Textarea, required=False)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.all())
    grade = forms.ChoiceField(label=_("Grade"), choices=Product.Grade.choices)
    sku = forms.CharField(label=_("SKU"), max_length=40)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNIT_CHOICES, initial="XBX")
    net_kg = forms.DecimalField(label=_("Net weight of one unit, kg"), max_digits=9, decimal_places=3)
    gross_kg = forms.DecimalField(label=_("Gross weight of one unit, kg"), max_digits=9, decimal_places=3)
    price = forms.DecimalField(label=_("Price per kg, CNY"), max_digits=10, decimal_places=2)
    moq = forms.DecimalField(label=_("Minimum order, units"), max_digits=9, decimal_places=3, initial=1)
    lot_number = forms.CharField(label=_("Lot number"), max_length=20)
    quantity = forms.DecimalField(label=_("Units received into stock"), max_digits=9, decimal_places=3)
    harvested_from = forms.DateField(label=_("Harvested from"), help_text=_("such as 2026-10-03"))
    harvested_to = forms.DateField(label=_("Harvested to"), help_text=_("such as 2026-10-12"))
    picture = forms.FileField(label=_("Picture (optional): JPEG, PNG or WebP up to 10 MB"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("net_kg", "gross_kg", "price", "moq", "quantity"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})


class ShipForm(PlainForm):
    carrier = forms.CharField(label=_("Carrier"), max_length=40)
    waybill = forms.CharField(label=_("Waybill number"), max_length=60)
    lot = forms.CharField(label=_("Lot (optional: empty takes what expires first)"), max_length=20, required=False)
