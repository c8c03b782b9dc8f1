"""Partners who send us messages: how each is doing, its keys, a new one. For the compliance officers at the top."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.audit.models import AuditEntry
from market.common.errors import NotFound
from market.office.desk import PARTNERS, Desk, officers, page
from market.office.forms import OfficeForm
from market.office.partner_api import ApiForm, save_api
from market.office.partner_reach import ReachForm
from orders.inbox.actions import OVERLAP, create_endpoint, is_of_any_carrier, rotate_secret
from orders.inbox.adapters import known_adapters
from orders.inbox.links import PHONE_PAGES
from orders.inbox.models import Endpoint
from orders.inbox.queries import api_state, endpoint_health, failing_apis, secrets_of, unmapped_codes
from orders.shipments.carriers.calls import abilities

FORMATS = {
    "standard": "Standard Webhooks",
    "easypost": "EasyPost",
    "kuaidi100": "Kuaidi100 快递100",
    "aftership": "AfterShip",
    "shippo": "Shippo",
    "seventeentrack": "17TRACK",
    "cainiao": "Cainiao 菜鸟",
    "dcsa_tnt": "DCSA Track & Trace",
    "dhl_unified_push": "DHL Unified Push",
    "ups_track_alert": "UPS Track Alert",
    "iata_one_record": "IATA ONE Record",
    "stripe": "Stripe",
}


class PartnerForm(ReachForm):
    name = forms.CharField(
        label=gettext_lazy("Partner's name"), help_text=gettext_lazy("as your colleagues know it"), max_length=80
    )
    adapter = forms.ChoiceField(
        label=gettext_lazy("Format of its messages"),
        choices=(),
        error_messages={"invalid_choice": gettext_lazy("Choose a format of the list.")},
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret the partner gave (optional)"),
        help_text=gettext_lazy("Empty: one is made here and shown once, to be entered at the partner."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    field_order = ("name", "adapter", "carriers", "any_carrier", "secret")

    def is_free(self, values: dict[str, Any]) -> bool:
        return is_of_any_carrier(str(values.get("adapter", "")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, FORMATS.get(code, code)) for code in known_adapters()]
        self.fields["adapter"].choices = [("", _("Please choose")), *choices]  # type: ignore[attr-defined]


class RotateForm(OfficeForm):
    secret = PartnerForm.base_fields["secret"]
    has_leaked = forms.BooleanField(
        label=gettext_lazy("The old secret has leaked: it ends at once"),
        help_text=gettext_lazy("Otherwise the old one stays good for 24 hours, while the partner changes over."),
        required=False,
    )


@officers(*PARTNERS)
def partners(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Health of every endpoint, codes no table knows; a new endpoint's secret stands on the answer to its form only."""
    if not desk.runs_partners:
        raise NotFound()
    form = PartnerForm(request.POST or None)
    shown: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            endpoint, secret = create_endpoint(
                values["adapter"],
                values["name"],
                secret=values["secret"],
                carriers=values["carriers"],
                now=desk.now,
                by=desk.officer,
            )
            shown = {"address": _address(endpoint), "secret": "" if values["secret"] else secret, "name": endpoint.name}
            form, status = PartnerForm(), 200
    context = {
        "form": form,
        "shown": shown,
        "health": [(row, FORMATS.get(row.endpoint.adapter, row.endpoint.adapter)) for row in endpoint_health(desk.now)],
        "failing": failing_apis(),
        "unmapped": [(row, FORMATS.get(row.source, row.source)) for row in unmapped_codes()],
    }
    return _private(page(request, desk, "partners", context, active="partners", status=status))


@officers(*PARTNERS)
def partner(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    """One endpoint: its address, its keys with their last use, a new key shown on this answer only, and how we call
    it."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None or not desk.runs_partners:
        raise NotFound()
    is_phones = endpoint.pk == PHONE_PAGES  # no program posts there: it has no key, and gets none
    if is_phones and request.method == "POST":
        raise NotFound()
    called = api_state(endpoint, desk.now)
    api_form = ApiForm(endpoint, called.api if called else None, request.POST if "api" in request.POST else None)
    form = RotateForm(request.POST if request.method == "POST" and not api_form.is_bound else None)
    secret, is_done, status = "", False, 200
    if api_form.is_bound:
        if save_api(request, desk, endpoint, api_form):
            messages.success(request, _("Saved. Calls follow it from now on."))
            return redirect("office:partner", endpoint.pk)
        status = 422
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            overlap = timedelta(0) if values["has_leaked"] else OVERLAP
            made = rotate_secret(endpoint, now=desk.now, secret=values["secret"], overlap=overlap, by=desk.officer)
            secret, is_done, status = "" if values["secret"] else made, True, 200
            form = RotateForm()
    context = {
        "endpoint": endpoint,
        "format": FORMATS.get(endpoint.adapter, endpoint.adapter),
        "address": _address(endpoint),
        "form": form,
        "api_form": api_form if abilities(endpoint.adapter) else None,
        "called": called,
        "secret": secret,
        "is_done": is_done,
        "is_native": endpoint.adapter == "standard" and not is_phones,
        "is_phones": is_phones,
        "keys": [(key, used, key.is_live(desk.now)) for key, used in secrets_of(endpoint)],
        "log": AuditEntry.objects.filter(subject_kind="endpoint", subject_id=endpoint.pk).order_by("-pk")[:20],
    }
    return _private(page(request, desk, "partner", context, active="partners", status=status))


def _address(endpoint: Endpoint) -> str:
    return f"{settings.PUBLIC_URL}/hooks/{endpoint.pk}/"


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
