"""Forms of packing."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import NumberField
from market.common.quantity import plain
from market.portal.forms.base import PortalForm
from market.portal.queries.orders import LineToPack
from orders.actions.ship_order import PackedLine
from orders.shipments.temperature import Limits


class PackForm(PortalForm):
    """Carrier, waybills, and one quantity for each line and lot."""

    carrier = forms.CharField(label=_("Carrier"), max_length=40)
    waybill = forms.CharField(label=_("Waybill number"), max_length=60)
    further = forms.CharField(
        label=_("Waybills of further parcels (optional)"),
        help_text=_("Only if the carrier gave each parcel a number of its own: one a line. Delivered when all are."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        max_length=14_000,
        required=False,
    )
    temperature_from = NumberField(label=_("Not below, °C (optional)"), places=0, required=False)
    temperature_to = NumberField(label=_("Not above, °C (optional)"), places=0, required=False)

    def __init__(self, lines: Sequence[LineToPack], *args: Any, limits: Limits, **kwargs: Any) -> None:
        """`limits` is the range of a pickup job, which is proposed."""
        super().__init__(*args, **kwargs)
        self.fields["temperature_from"].initial = limits.lower
        self.fields["temperature_to"].initial = limits.upper
        self.lines = lines
        for line in lines:
            for choice in line.choices:
                self.fields[self._name(line, choice.lot.pk)] = NumberField(
                    label=_("Units from lot %(lot)s") % {"lot": choice.lot.number},
                    required=False,
                    initial=plain(choice.proposed) if choice.proposed else "",
                )

    def _name(self, line: LineToPack, lot_id: int) -> str:
        return f"pack_{line.line.pk}_{lot_id}"

    def rows(self) -> list[dict[str, Any]]:
        """Lines, each with its lots and their fields, for the page."""
        return [
            {"line": line, "choices": [(choice, self[self._name(line, choice.lot.pk)]) for choice in line.choices]}
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for line in self.lines:
            for choice in line.choices:
                name = self._name(line, choice.lot.pk)
                if (values.get(name) or Decimal(0)) < 0:
                    self.add_error(name, _("A quantity cannot be below zero."))
        if not self.errors and not self.packed():
            self.add_error(None, _("Enter how many units of at least one lot you packed."))
        return values

    def clean_further(self) -> list[str]:
        """One a line, or parted by commas or semicolons."""
        return [number for number in re.split(r"[\n,;，；、]", self.cleaned_data["further"]) if number.strip()]

    def temperatures(self) -> Limits:
        ends = (self.cleaned_data["temperature_from"], self.cleaned_data["temperature_to"])
        return Limits(*(None if end is None else int(end) for end in ends))

    def packed(self) -> list[PackedLine]:
        return [
            PackedLine(line.line.pk, quantity, choice.lot.number)
            for line in self.lines
            for choice in line.choices
            if (quantity := self.cleaned_data.get(self._name(line, choice.lot.pk)))
        ]


class DriverForm(PortalForm):
    """An address for the driver of one shipment."""

    name = forms.CharField(label=_("For whom"), help_text=_("driver, firm or number plate"), max_length=80)
    days = forms.TypedChoiceField(
        label=_("Good for"),
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
        coerce=int,
        initial=30,
    )
    shows_address = forms.BooleanField(
        label=_("Show the buyer's street, name and phone"),
        help_text=_("Only for whoever brings the goods to the door; hidden again once they are delivered."),
        required=False,
    )
