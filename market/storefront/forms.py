"""Shapes of the buyers' forms; the actions check the sense."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from market.accounts.phones import normal_phone
from market.common.forms import MarketForm, PlainTextField
from market.common.plain_text import plain_code
from market.storefront.provinces import province_choices
from orders.checkout.place_order import Address, Buyer
from orders.orders.models import SellerOrder


class CheckoutForm(MarketForm):
    use_required_attribute = False

    recipient = forms.CharField(
        label=_("Recipient"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Who receives the goods? Please enter a name.")},
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=24,
        help_text=_("The carrier calls it on delivery."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Please enter the recipient's mobile number, such as 138 0013 8000.")},
    )
    email = forms.EmailField(
        label=_("Email (optional)"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("An email address looks like name@example.com.")},
    )
    province = forms.ChoiceField(
        label=_("Province"),
        choices=province_choices,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        error_messages={
            "required": _("Please choose the province."),
            "invalid_choice": _("Please choose the province."),
        },
    )
    city = forms.CharField(
        label=_("City"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Please enter the city.")},
    )
    district = forms.CharField(
        label=_("District (optional)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level3"}),
    )
    street = forms.CharField(
        label=_("Street, house, door"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Please enter street, house and door.")},
    )
    reference = forms.CharField(
        label=_("Your order number (optional)"),
        max_length=40,
        required=False,
        help_text=_("Your firm's own number; it stands on our papers too."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        phone = normal_phone(typed)
        if not phone:
            digits = sum(character.isdigit() for character in typed)
            raise forms.ValidationError(
                _("A mobile number has 11 digits, such as 138 0013 8000; you typed %(digits)s."),
                params={"digits": digits},
            )
        return phone

    def address(self) -> Address:
        values = self.cleaned_data
        names = ("recipient", "phone", "province", "city", "district", "street")
        return Address(**{name: values[name] for name in names})

    def buyer(self, user: Any, language: str) -> Buyer:
        values = self.cleaned_data
        return Buyer(
            name=values["recipient"],
            email=values["email"] or (user.email if user else "") or "",
            user=user,
            language=language,
            reference=values["reference"],
        )


class FindOrderForm(MarketForm):
    use_required_attribute = False

    number = forms.CharField(
        label=_("Order number"),
        max_length=30,
        help_text=_("It begins with P and stands on the page you saw after ordering, such as P261124-7K3QW9TX."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Please enter the order number.")},
    )
    phone = forms.CharField(
        label=_("Last four digits of the recipient's mobile number"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        error_messages={"required": _("Please enter the last four digits.")},
    )

    def clean_number(self) -> str:
        return plain_code(self.cleaned_data["number"]).upper()

    def clean_phone(self) -> str:
        digits = "".join(str(int(c)) for c in self.cleaned_data["phone"] if c.isdecimal())
        if len(digits) < 4:
            raise forms.ValidationError(_("Please enter the last four digits."))
        return digits[-4:]


class CancelForm(MarketForm):
    """Of one of the orders on the page: each has its own."""

    reason = PlainTextField(
        label=_("Why? The seller reads it (optional, at most 200 characters)"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        required=False,
    )

    def __init__(self, order: SellerOrder, sent: QueryDict | None = None) -> None:
        super().__init__(sent, auto_id=f"%s-{order.pk}")
        self.order = order
