from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.enterprises.models import Enterprise
from market.portal.forms.base import PortalForm


class PayoutAccountForm(PortalForm):
    """Starts with the registered name and the bank named at admission; the number is typed anew each time."""

    holder = forms.CharField(
        label=_("Account holder"),
        help_text=_("as the bank has it: the registered name of the enterprise"),
        max_length=120,
    )
    bank = forms.CharField(
        label=_("Bank and branch"), help_text=_("such as Sample Bank, Tumxuk branch"), max_length=100
    )
    number = forms.CharField(
        label=_("Account number"),
        help_text=_("8 to 34 digits or letters, as it stands on the bank's letter"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, enterprise: Enterprise, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"holder": enterprise.name_zh, "bank": enterprise.bank_name})
        super().__init__(*args, **kwargs)
