"""Whose waybills a partner may report on, from where, and whether it is heard: said when it is added, changed later."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import NotFound
from market.office.desk import PARTNERS, Desk, officers, page
from market.office.forms import OfficeForm
from orders.inbox.actions import is_of_any_carrier
from orders.inbox.change_endpoint import bind_endpoint, fence_endpoint, read_networks, switch_endpoint
from orders.inbox.errors import NoNetwork
from orders.inbox.links import PHONE_PAGES
from orders.inbox.models import Endpoint

MOST, LONGEST = 50, 40  # as long as a shipment's carrier
MOST_NETWORKS = 100


class ReachForm(OfficeForm):
    """Carriers by name, or any carrier, said in so many words: nobody gets every waybill by leaving a field empty."""

    carriers = forms.CharField(
        label=gettext_lazy("Carriers whose waybills it reports on, one on each line"),
        help_text=gettext_lazy("As sellers write them. News of other carriers' waybills moves nothing."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST * (LONGEST + 2),
        required=False,
    )
    any_carrier = forms.BooleanField(
        label=gettext_lazy("It may report on the waybills of any carrier"),
        help_text=gettext_lazy(
            "For partners that follow many carriers. Whoever has its secret can then move any shipment."
        ),
        required=False,
    )

    def clean_carriers(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["carriers"].splitlines() if line.strip()]
        if len(names) > MOST or any(len(name) > LONGEST for name in names):
            raise forms.ValidationError(
                _("At most %(most)s carriers, each of at most %(longest)s signs.") % {"most": MOST, "longest": LONGEST}
            )
        return list(dict.fromkeys(names))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "carriers" not in self.errors:
            names, is_any = values.get("carriers"), values.get("any_carrier")
            if names and is_any:
                self.add_error("any_carrier", _("Either name carriers or choose any carrier, not both."))
            elif not names and not is_any and not self.is_free(values):
                self.add_error("carriers", _("Name the carriers, or choose any carrier below."))
        return values

    def is_free(self, values: dict[str, Any]) -> bool:
        """Whether it follows any carrier by its nature, so that nobody need say so."""
        return False


class FenceForm(OfficeForm):
    networks = forms.CharField(
        label=gettext_lazy("Addresses or networks its messages and its program's calls come from, one on each line"),
        help_text=gettext_lazy(
            "As the partner publishes them, for instance 203.0.113.7 or 203.0.113.0/24. Empty: from anywhere. A valid "
            "signature or token is still needed."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        required=False,
    )

    def clean_networks(self) -> list[str]:
        lines = [line for line in self.cleaned_data["networks"].splitlines() if line.strip()]
        if len(lines) > MOST_NETWORKS:
            raise forms.ValidationError(
                _("These are %(number)s lines: at most %(most)s addresses or networks.")
                % {"number": len(lines), "most": MOST_NETWORKS}
            )
        try:
            return read_networks(lines)
        except NoNetwork as error:
            raise forms.ValidationError(error.message) from error


@officers(*PARTNERS)
def partner_reach(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    """Three forms: the carriers; where it posts from; closed or open."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).exclude(pk=PHONE_PAGES).first()
    if endpoint is None or not desk.runs_partners:
        raise NotFound()
    wish = request.POST.get("is_active", "")
    if request.method == "POST" and wish in ("0", "1"):
        switch_endpoint(endpoint, is_active=wish == "1", by=desk.officer, now=desk.now)
        words = _("Open: its messages are taken again.") if wish == "1" else _("Closed: its messages are turned away.")
        messages.success(request, words)
        return redirect("office:partner_reach", endpoint.pk)
    started = {"carriers": "\n".join(endpoint.carriers), "any_carrier": not endpoint.carriers}
    is_fence = "fence" in request.POST
    fence = FenceForm(request.POST if is_fence else None, initial={"networks": endpoint.networks}, auto_id="fence_%s")
    if is_fence and fence.is_valid():
        fence_endpoint(endpoint, fence.cleaned_data["networks"], by=desk.officer, now=desk.now)
        is_open = not fence.cleaned_data["networks"]
        here = _("Saved. Messages and calls from elsewhere are turned away from now on.")
        messages.success(request, _("Saved. Messages and calls are taken from anywhere.") if is_open else here)
        return redirect("office:partner_reach", endpoint.pk)
    form = ReachForm(None if is_fence else request.POST or None, initial=started)
    if request.method == "POST" and form.is_valid():
        bind_endpoint(endpoint, form.cleaned_data["carriers"], by=desk.officer, now=desk.now)
        messages.success(request, _("Saved. What was parked for it can be worked on again."))
        return redirect("office:partner_reach", endpoint.pk)
    context = {
        "endpoint": endpoint,
        "form": fence if is_fence else form,  # whose errors stand at the top
        "reach": form,
        "fence": fence,
        "own_address": request.META.get("REMOTE_ADDR", ""),
        "is_free": is_of_any_carrier(endpoint.adapter),
    }
    status = 422 if form.errors or fence.errors else 200
    return page(request, desk, "partner_reach", context, active="partners", status=status)
