"""Forms of stock, warehouses and lots."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot, LotStock
from catalog.products.models import Product
from catalog.stock.models import Warehouse
from market.common.forms import DayField, NumberField
from market.common.quantity import plain
from market.enterprises.models import Enterprise
from market.portal.forms.base import PortalForm
from orders.recalls.forms import RecallFields


class HarvestForm(PortalForm):
    lot_number = forms.CharField(
        label=_("Lot number"), max_length=20, help_text=_("as on the label, such as 26A-007; one harvest, one number")
    )
    harvested_from = DayField(label=_("Harvested from"), help_text=_("such as 2026-10-03"))
    harvested_to = DayField(label=_("Harvested to"), help_text=_("such as 2026-10-12"))
    best_before = DayField(label=_("Best before (optional)"), required=False)


class ReceiptForm(HarvestForm):
    warehouse = forms.ModelChoiceField(label=_("Warehouse"), queryset=Warehouse.objects.none(), empty_label=None)
    quantity = NumberField(label=_("Units received"), is_positive=True)
    grade = forms.ChoiceField(label=_("Grade of this lot"), choices=Product.Grade.choices)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    field_order = ("warehouse", "quantity", "lot_number", "harvested_from", "harvested_to", "grade", "best_before")

    def __init__(self, enterprise: Enterprise, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True).order_by("code")
        self.fields["warehouse"].queryset = open_ones  # type: ignore[attr-defined]


class CountForm(PortalForm):
    """One field per lot in the item, and one for goods that have no lot yet."""

    reason = forms.CharField(
        label=_("Why does it differ?"), max_length=200, help_text=_("such as “counted on 24 November”, “broken boxes”")
    )

    def __init__(self, parts: Sequence[LotStock], loose: Decimal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        fields: dict[str, forms.Field] = {}
        for part in parts:
            fields[f"lot_{part.lot_id}"] = NumberField(
                label=_("Lot %(number)s") % {"number": part.lot.number}, least=Decimal(0), initial=plain(part.on_hand)
            )
        fields["loose"] = NumberField(label=_("Without a lot"), least=Decimal(0), initial=plain(loose))
        self.fields = fields | self.fields  # the reason stands last

    def counted(self) -> dict[int, Decimal]:
        return {part.lot_id: self.cleaned_data[f"lot_{part.lot_id}"] for part in self.parts}


class WarehouseForm(PortalForm):
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("short, such as W1; it stays"))
    name = forms.CharField(label=_("Name"), max_length=80)
    place = forms.CharField(label=_("Place (optional)"), max_length=120, required=False)


class OfLotForm(PortalForm):
    """What cannot be undone by a slip: the typed number confirms."""

    typed = forms.CharField(label=_("Type the lot number to confirm"), max_length=20)

    def __init__(self, lot: HarvestLot, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot

    def clean_typed(self) -> str:
        typed = "".join(str(self.cleaned_data["typed"]).split()).upper()
        if typed != self.lot.number.upper():
            raise forms.ValidationError(
                _("This is not the number of the lot, %(number)s."), params={"number": self.lot.number}
            )
        return typed


class QuarantineForm(OfLotForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)
    field_order = ("reason", "typed")


class RecallForm(RecallFields, OfLotForm):
    field_order = ("severity", "reason", "advice", "typed")


class StockFilter(PortalForm):
    q = forms.CharField(label=_("Name or SKU"), max_length=100, required=False)
    only = forms.ChoiceField(
        label=_("Packings shown"), choices=[("", _("all packings")), ("sold_out", _("sold out only"))], required=False
    )


class LotFilter(PortalForm):
    q = forms.CharField(label=_("Lot number or product"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("all")), *HarvestLot.State.choices], required=False)
