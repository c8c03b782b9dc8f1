from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.accounts.models import ApiKey
from market.common.errors import InvalidInput
from market.enterprises.actions.admission import new_credit_code
from market.enterprises.models import Enterprise, Member
from market.enterprises.roles import may_use_scope
from market.enterprises.sections import SECTIONS
from market.portal.forms.base import Choices, PortalForm
from market.regions.models import OrgUnit


class RegisterForm(PortalForm):
    name_zh = forms.CharField(label=_("Legal name in Chinese"), max_length=200)
    credit_code = forms.CharField(
        label=_("Unified social credit code"), max_length=30, help_text=_("18 digits and letters, as on the licence")
    )
    unit = forms.ModelChoiceField(
        label=_("Regiment"), queryset=OrgUnit.objects.filter(level="regiment", closed_at__isnull=True)
    )

    def clean_credit_code(self) -> str:
        """Asked here, too, so that everything that is wrong is told at once."""
        try:
            return new_credit_code(self.cleaned_data["credit_code"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error.details["fields"]["credit_code"])) from error


LABELS = {
    "name_zh": _("Legal name in Chinese"),
    "name_en": _("Name in English (optional)"),
    "name_ru": _("Name in Russian (optional)"),
    "address": _("Address"),
    "contact_name": _("Contact person"),
    "contact_phone": _("Contact phone"),
    "bank_name": _("Bank (optional)"),
    "bank_account": _("Bank account (optional)"),
    "about_zh": _("About the firm, in Chinese (optional)"),
    "about_en": _("About the firm, in English (optional)"),
    "about_ru": _("About the firm, in Russian (optional)"),
}
HINTS = {
    "contact_phone": _("for officers and carriers, never shown to buyers"),
    "bank_account": _("the firm's own account; after admission you enter it as the payout account"),
    "address": _("where the firm can be visited"),
}
_AUTOCOMPLETE = {"contact_name": "name", "contact_phone": "tel", "address": "street-address"}


class SectionForm(PortalForm):
    """One section of the firm's data. What is empty may be saved; the hand-in asks for it."""

    def __init__(self, section: str, enterprise: Enterprise, *args: Any, **kwargs: Any) -> None:
        names = SECTIONS[section].fields
        kwargs.setdefault("initial", {name: getattr(enterprise, name) for name in names})
        super().__init__(*args, **kwargs)
        for name in names:
            length = getattr(Enterprise._meta.get_field(name), "max_length", None)
            text = name.startswith("about")
            self.fields[name] = forms.CharField(
                label=LABELS[name],
                help_text=HINTS.get(name, ""),
                required=False,
                max_length=length or 4000,
                widget=forms.Textarea(attrs={"rows": 4}) if text else forms.TextInput(),
            )
            if name in _AUTOCOMPLETE:
                self.fields[name].widget.attrs["autocomplete"] = _AUTOCOMPLETE[name]
            if name == "contact_phone":
                self.fields[name].widget.attrs |= {"type": "tel", "inputmode": "tel"}


class InviteForm(PortalForm):
    address = forms.CharField(label=_("Email address or mobile number"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Member.Role.choices, initial=Member.Role.SALES)


SCOPE_WORDS = {
    "catalogue:write": _("change products and prices"),
    "stock:write": _("change stock"),
    "orders:read": _("read orders"),
    "orders:write": _("report shipments"),
    "claims:write": _("answer claims, which gives money back"),
    "webhooks:write": _("set up webhooks"),
}


class KeyForm(PortalForm):
    name = forms.CharField(
        label=_("What is the key for?"),
        max_length=80,
        help_text=_("such as “warehouse program”, so that you know it again"),
    )
    scopes = forms.MultipleChoiceField(label=_("What may a program do with it?"), choices=(), widget=Choices)

    def __init__(self, role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, SCOPE_WORDS[scope]) for scope in ApiKey.Scope.values if may_use_scope(role, scope)
        ]


class ReasonForm(PortalForm):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
