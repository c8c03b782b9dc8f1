"""The form of a claim: for each line and lot that can be claimed how much of it is wrong, why, and what is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import InvalidInput, MarketError
from market.common.forms import MarketForm, NumberField, PlainTextField
from market.common.languages import active_language
from market.common.money import exponent, format_amount
from market.common.quantity import format_quantity
from market.storefront.photo_fields import PhotosField
from orders.actions.file_claim import Priced, Wish
from orders.claims.models import ClaimLine

R = ClaimLine.Reason


@dataclass(frozen=True)
class ClaimRow:
    """What the page shows of one line and lot."""

    priced: Priced
    quantity: forms.BoundField
    reason: forms.BoundField
    amount: forms.BoundField


class ClaimForm(MarketForm):
    """Shape only; a row whose quantity is empty is left out. `key` makes one claim of a form that is sent twice."""

    use_required_attribute = False

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    text = PlainTextField(
        label=gettext_lazy("What happened to the goods"),
        help_text=gettext_lazy("The seller reads it, and an officer if you do not agree. At most 2,000 characters."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Please say what happened.")},
    )
    photos = PhotosField(label=gettext_lazy("Photos (optional)"), required=False)

    def __init__(self, *args: Any, found: Sequence[Priced], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found, self.currency = found, currency
        for priced in found:
            self._add_row(priced)
        self.order_fields([name for name in self.fields if name not in ("text", "photos")])

    def _add_row(self, priced: Priced) -> None:
        one, place, language = priced.one, _place(priced), active_language()
        amounts = {
            "quantity": format_quantity(one.quantity, one.line.unit, language),
            "cost": format_amount(priced.cost, self.currency, language),
        }
        self.fields[f"quantity-{place}"] = NumberField(
            label=_("How much of it is wrong"),
            help_text=_("Up to %(quantity)s. Leave it empty if nothing is wrong with it.") % amounts,
            required=False,
            is_positive=True,
            most=one.quantity,
        )
        reasons = R.choices if one.has_arrived else [(R.NOT_ARRIVED.value, R.NOT_ARRIVED.label)]
        self.fields[f"reason-{place}"] = forms.ChoiceField(
            label=_("What is wrong with it"),
            choices=[("", _("Please choose")), *reasons] if one.has_arrived else reasons,
            required=False,
        )
        self.fields[f"amount-{place}"] = NumberField(
            label=_("Money you want back (optional)"),
            help_text=_("Leave it empty for the full price of that quantity. %(quantity)s cost %(cost)s.") % amounts,
            required=False,
            places=exponent(self.currency),
            is_positive=True,
            most=priced.cost,
        )

    @property
    def rows(self) -> list[ClaimRow]:
        return [
            ClaimRow(priced, self[f"quantity-{place}"], self[f"reason-{place}"], self[f"amount-{place}"])
            for priced in self.found
            for place in [_place(priced)]
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for priced in self.found:
            self._check_row(priced, cleaned)
        if any(name not in self.fields and typed for name, typed in self.data.items() if name.startswith("quantity-")):
            self.add_error(None, _("Something of it cannot be claimed any more. Please look again."))
        elif not self.errors and not self.wishes():
            first = f"quantity-{_place(self.found[0])}" if len(self.found) == 1 else None
            self.add_error(first, _("Please enter how much of the goods is wrong."))
        if self.errors and self.files and "photos" not in self.errors:
            self.ask_for_photos_again()
        return cleaned

    def ask_for_photos_again(self) -> None:
        self.add_error("photos", _("Please choose the photos again: your browser does not keep them."))

    def _check_row(self, priced: Priced, cleaned: dict[str, Any]) -> None:
        quantity, reason, amount = (f"{name}-{_place(priced)}" for name in ("quantity", "reason", "amount"))
        if quantity in self.errors or reason in self.errors:
            return
        is_begun = cleaned.get(amount) is not None or amount in self.errors
        is_begun = is_begun or (bool(cleaned[reason]) and priced.one.has_arrived)
        if cleaned[quantity] is None and is_begun:
            self.add_error(quantity, _("Please enter how much of it is wrong."))
        elif cleaned[quantity] is not None and not cleaned[reason]:
            self.add_error(reason, _("Please choose what is wrong with it."))

    def wishes(self) -> list[Wish]:
        values = self.cleaned_data
        return [
            Wish(
                row.one.line.pk,
                row.one.lot.pk,
                values[f"quantity-{place}"],
                values[f"reason-{place}"],
                values[f"amount-{place}"],
            )
            for row in self.found
            for place in [_place(row)]
            if values.get(f"quantity-{place}") is not None
        ]

    def put_refusal(self, error: MarketError) -> None:
        """The action's messages at the fields; of a row it complains when the amount is more than the quantity cost, or
        the quantity cost nothing."""
        if not isinstance(error, InvalidInput):
            self.add_error(None, error.message)
            return
        if self.files:
            self.ask_for_photos_again()
        for name, words in dict(error.details["fields"]).items():
            has_amount = self.cleaned_data.get(f"amount-{name}") is not None
            field = name if name in self.fields else f"{'amount' if has_amount else 'quantity'}-{name}"
            self.add_error(field if field in self.fields else None, str(words))


def _place(priced: Priced) -> str:
    return f"{priced.one.line.pk}-{priced.one.lot.pk}"
