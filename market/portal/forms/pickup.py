"""The form that asks a partner to fetch orders."""

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.common.forms import DayField, NumberField, TimeField
from market.common.languages import has_chinese
from market.portal.forms.base import PortalForm
from orders.pickups.load import PickupLoad, Window
from orders.pickups.models import PickupPartner


class NameSelect(forms.Select):
    """Options are names: the Chinese ones are marked as Chinese."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if has_chinese(str(option["label"])):
            option["attrs"]["lang"] = "zh-Hans"
        return option


class PickupForm(PortalForm):
    """Its fields are named as the action names them, so that refusals find their field."""

    partner = forms.TypedChoiceField(label=_("Partner"), coerce=int, choices=(), widget=NameSelect)
    day = DayField(label=_("Day"), help_text=_("such as 2026-10-03"))
    window_from = TimeField(label=_("From, Beijing time"), max_length=8)
    window_to = TimeField(label=_("Until"), max_length=8)
    last_day = DayField(label=_("Last day, if another (optional)"), required=False)
    place = forms.CharField(label=_("Where to fetch"), help_text=_("Gate, warehouse, address"), max_length=200)
    point = forms.CharField(
        label=_("Point on the map (optional)"),
        help_text=_("Latitude and longitude, such as 40.547812, 81.280540"),
        max_length=40,
        required=False,
    )
    contact = forms.CharField(label=_("Who hands it over"), max_length=80)
    phone = forms.CharField(
        label=_("Phone there"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel"})
    )
    boxes = NumberField(label=_("Boxes"), places=0)
    gross_kg = NumberField(label=_("Gross weight, kg"))
    temperature_from = NumberField(label=_("Not below, °C (optional)"), places=0, required=False)
    temperature_to = NumberField(label=_("Not above, °C (optional)"), places=0, required=False)
    note = forms.CharField(
        label=_("Note for the driver (optional)"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    key = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, partners: list[PickupPartner], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(partner.pk, str(partner)) for partner in partners]
        if len(choices) != 1:
            choices = [("", _("Please choose")), *choices]  # type: ignore[list-item]
        self.fields["partner"].choices = choices  # type: ignore[attr-defined]

    def clean_point(self) -> tuple[Decimal | None, Decimal | None]:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["point"]).replace(";", ",")
        if not typed.strip():
            return None, None
        try:
            latitude, longitude = (round(Decimal(part.strip()), 6) for part in typed.split(","))
        except (InvalidOperation, ValueError) as error:
            raise ValidationError(_("Latitude and longitude, such as 40.547812, 81.280540.")) from error
        return latitude, longitude

    def load(self) -> PickupLoad:
        """Of a valid form."""
        values = self.cleaned_data
        latitude, longitude = values["point"]
        return PickupLoad(
            Window.on(values["day"], values["window_from"], values["last_day"] or values["day"], values["window_to"]),
            values["place"],
            values["contact"],
            values["phone"],
            int(values["boxes"]),
            values["gross_kg"],
            _whole(values["temperature_from"]),
            _whole(values["temperature_to"]),
            latitude,
            longitude,
            values["note"],
        )


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)
