"""Forms of webhooks to the enterprise's own system."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.common.forms import DayField
from market.portal.forms.base import Choices, PortalForm
from orders.outbound.catalogue import SUBSCRIBABLE

TYPE_WORDS = {
    "order.placed": _("an order was placed"),
    "order.paid": _("an order was paid"),
    "order.declined": _("an order was declined"),
    "order.cancelled": _("an order was cancelled"),
    "order.expired": _("an order was not paid in time"),
    "shipment.created": _("a shipment was handed over"),
    "shipment.moved": _("a shipment has another status"),
    "shipment.silent": _("nothing was heard of a shipment for three days"),
    "shipment.out_of_range": _("goods left the temperatures agreed"),
    "refund.opened": _("money goes back to a buyer"),
    "claim.filed": _("a buyer claims something is wrong"),
    "claim.ended": _("a claim has ended"),
    "pickup.accepted": _("a partner fetches the goods"),
    "pickup.countered": _("a partner proposes another pickup time"),
    "pickup.declined": _("a partner does not fetch the goods"),
    "pickup.expired": _("nobody answered about a pickup"),
    "webhook.test": _("a test"),
}


class WebhookForm(PortalForm):
    url = forms.CharField(
        label=_("Address of your system"),
        max_length=2000,
        help_text=_("https://, reachable from the public internet"),
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    types = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=[(name, TYPE_WORDS[name]) for name in SUBSCRIBABLE],
        required=False,
        widget=Choices,
        help_text=_("Nothing ticked: everything."),
    )


class NewWebhookForm(WebhookForm):
    with_ed25519 = forms.BooleanField(
        label=_("Sign with a key pair too (ed25519)"),
        required=False,
        help_text=_("For systems that keep no secret. Most need only the secret."),
    )


class ReplayForm(PortalForm):
    since = DayField(label=_("From day"))
    until = DayField(label=_("To day"))
    with_delivered = forms.BooleanField(label=_("Also what arrived"), required=False)

    def span(self) -> tuple[datetime, datetime]:
        """The last day is part of it."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"]
        return _midnight(first), _midnight(last + timedelta(days=1))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", _("The end must be after the beginning."))
        return values


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
