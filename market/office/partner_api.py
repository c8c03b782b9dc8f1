"""What officers set about calling a partner: its key (never shown), whether it is called, where it stands."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import InvalidInput
from market.common.pages import put_errors
from market.office.desk import Desk
from market.office.forms import OfficeForm
from orders.inbox.models import Endpoint, PartnerApi
from orders.inbox.partner_api import set_partner_api, wants_carriers, wants_service
from orders.shipments.carriers.calls import has_own_address

KEY_HINTS = {
    "ups_track_alert": gettext_lazy("Client id and client secret with a colon between them."),
    "dcsa_tnt": gettext_lazy("Header and value as the carrier's papers say, such as Consumer-Key: value."),
}


class ApiForm(OfficeForm):
    """Only the fields this partner needs."""

    key = forms.CharField(
        label=gettext_lazy("Key of the partner's API"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),  # never rendered, not even what was typed
    )
    service = forms.CharField(
        label=gettext_lazy("Which of its services carries"),
        help_text=gettext_lazy("The partner's own word, such as parcel-de or express."),
        max_length=40,
        required=False,
    )
    carriers = forms.CharField(
        label=gettext_lazy("Carriers whose waybills these are, one on each line"),
        help_text=gettext_lazy("As sellers write them. The partner is told of no other carrier's waybills."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )
    addresses = forms.CharField(
        label=gettext_lazy("Addresses of its API, one on each line"),
        help_text=gettext_lazy("Nothing outside them is ever called, such as https://api.example.com/track."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )
    is_on = forms.BooleanField(label=gettext_lazy("Call this partner"), required=False)

    def __init__(self, endpoint: Endpoint, api: PartnerApi | None, data: Any = None) -> None:
        known: dict[str, Any] = {"carriers": "\n".join(endpoint.carriers)}
        if api is not None:
            known |= {"service": api.service, "addresses": "\n".join(api.addresses), "is_on": api.is_on}
        super().__init__(data, initial=known)
        kept = _("Empty: the key there is stays. It is kept sealed and never shown again.")
        new = _("It is kept sealed and never shown again.")
        hint = KEY_HINTS.get(endpoint.adapter, "")
        self.fields["key"].help_text = f"{hint} {kept if api else new}".strip()
        if not wants_service(endpoint.adapter):
            del self.fields["service"]
        if not wants_carriers(endpoint.adapter):
            del self.fields["carriers"]
        if not has_own_address(endpoint.adapter):
            del self.fields["addresses"]


def save_api(request: HttpRequest, desk: Desk, endpoint: Endpoint, form: ApiForm) -> bool:
    """False when the form or the action refuses; the form then says why."""
    if not form.is_valid():
        return False
    values = form.cleaned_data
    try:
        set_partner_api(
            endpoint,
            key=values["key"],
            service=values.get("service", ""),
            addresses=values.get("addresses", "").split(),
            carriers=_lines(values["carriers"]) if "carriers" in values else None,
            is_on=values["is_on"],
            now=desk.now,
            by=desk.officer,
        )
    except InvalidInput as error:
        put_errors(form, error)
        return False
    return True


def _lines(typed: str) -> list[str]:
    return [line.strip()[:40] for line in typed.splitlines() if line.strip()]
