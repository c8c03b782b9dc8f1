"""What a driver's phone sends: the page's form, or the same kept by the script and sent later."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.common.forms import MarketForm, NumberField
from orders.inbox.reports import Pressed, Step
from orders.shipments.carriers.readings import HIGHEST, LOWEST


class InstantField(forms.CharField):
    """A time with its zone, as a phone's script writes it: `2026-11-24T09:30:00.000Z`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, widget=forms.HiddenInput, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "")
        if not typed:
            return None
        try:
            instant = datetime.fromisoformat(typed)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None or not 1970 <= instant.year <= 2100:
            raise ValidationError(_("This time cannot be read."))
        return instant


class ReportForm(MarketForm):
    """`step` is the button that was pressed. `key`, `at` and `sent` are filled in by the page and its script."""

    use_required_attribute = False

    step = forms.ChoiceField(
        label=_("Report"),
        choices=Step.choices,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Please press the button that says what happened."),
            "invalid_choice": _("Please press the button that says what happened."),
        },
    )
    key = forms.RegexField(
        r"^[A-Za-z0-9_-]{8,64}$",
        label=_("Page"),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Please load the page again.")),
    )
    at = InstantField(label=_("Time"))
    sent = InstantField(label=_("Time"))
    waybill = forms.CharField(label=_("Waybill number"), max_length=60, required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    signed_by = forms.CharField(label=_("Who took it"), max_length=120, required=False)
    weight = NumberField(label=_("Weight, kg"), required=False, is_positive=True, most=Decimal(999_999))
    temperature = NumberField(
        label=_("Temperature, °C"),
        help_text=_("What the thermometer shows; below zero with a minus, such as -18.5."),
        required=False,
        places=2,
        least=Decimal(LOWEST),
        most=Decimal(HIGHEST),
        widget=forms.TextInput(attrs={"inputmode": "text"}),  # number pads of phones have no minus
    )
    note = forms.CharField(label=_("What happened"), max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("place", "signed_by", "note"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        step = values.get("step")
        if step == Step.ARRIVED and not values.get("place"):
            self.add_error("place", _("Please write where it arrived."))
        if step == Step.DELIVERED and not values.get("signed_by") and "signed_by" not in self.errors:
            self.add_error("signed_by", _("Please write who took it."))
        if step == Step.MEASURED and values.get("temperature") is None and "temperature" not in self.errors:
            self.add_error("temperature", _("Please write what the thermometer shows."))
        if step == Step.OTHER and not values.get("note"):
            self.add_error("note", _("Please write what happened."))
        return values

    def pressed(self) -> Pressed:
        values = self.cleaned_data
        return Pressed(
            step=values["step"],
            key=values["key"],
            waybill=values["waybill"],
            at=values["at"],
            sent_at=values["sent"],
            place=values["place"],
            signed_by=values["signed_by"] if values["step"] == Step.DELIVERED else "",
            weight_kg=values["weight"],
            note=values["note"],
            celsius=values["temperature"],
        )
