"""The form of grading, blending and packing anew. Some rows stand ready on each side; empty ones count for nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot, normal_lot_number
from catalog.products.models import Variant
from catalog.stock.models import Warehouse
from catalog.trace.actions.blend_lots import Made, Taken, Work
from market.common.errors import InvalidInput
from market.common.forms import DayField, NumberField
from market.common.quantity import plain
from market.portal.forms.base import OneOf, PortalForm

if TYPE_CHECKING:
    _Packings = forms.ModelChoiceField[Variant]
else:
    _Packings = forms.ModelChoiceField
FURTHER, OUTPUTS = 3, 4
FIRST = "in0_kg"


class PackingField(_Packings):
    def label_from_instance(self, obj: Variant) -> str:
        return f"{obj.product.name} · {obj.sku} ({plain(obj.net_kg)} kg)"


class BlendForm(PortalForm):
    """`lot` is the first that goes in."""

    work = forms.ChoiceField(label=_("What was done with them"), choices=Work, widget=OneOf)
    in0_kg = NumberField(label=_("Weight, kg"), is_positive=True)
    loss = NumberField(
        label=_("Loss, kg"),
        least=Decimal(0),
        initial="0",
        help_text=_("stones, leaves, spoiled goods, water: what neither came out nor is left"),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=36)

    def __init__(self, lot: HarvestLot, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot
        enterprise = lot.enterprise_id
        variants = Variant.objects.for_enterprise(enterprise).filter(is_active=True).select_related("product")
        packings = variants.order_by("product__name_zh", "product_id", "position", "pk")
        warehouses = Warehouse.objects.for_enterprise(enterprise).filter(is_active=True).order_by("code")
        for row in range(1, FURTHER + 1):
            self.fields[f"in{row}_lot"] = forms.CharField(
                label=_("Another lot's number (optional)"), max_length=40, required=False
            )
            self.fields[f"in{row}_kg"] = NumberField(label=_("Weight, kg"), is_positive=True, required=False)
        for row in range(OUTPUTS):
            needed = row == 0
            self.fields |= {
                f"out{row}_number": forms.CharField(label=_("New lot number"), max_length=20, required=needed),
                f"out{row}_kg": NumberField(label=_("Weight, kg"), is_positive=True, required=needed),
                f"out{row}_packing": PackingField(
                    label=_("Packing"), queryset=packings, required=needed, empty_label=str(_("Please choose"))
                ),
                f"out{row}_warehouse": forms.ModelChoiceField(
                    label=_("Warehouse"),
                    queryset=warehouses,
                    required=False,
                    initial=warehouses.first(),
                    empty_label=str(_("Please choose")),
                ),
                f"out{row}_best": DayField(label=_("Best before (optional)"), required=False),
            }
        for field in self.fields.values():
            field.error_messages |= {"required": gettext("Please fill this in.")}

    @property
    def further_inputs(self) -> list[list[forms.BoundField]]:
        return [[self[f"in{row}_lot"], self[f"in{row}_kg"]] for row in range(1, FURTHER + 1)]

    @property
    def outputs(self) -> list[tuple[bool, list[forms.BoundField]]]:
        """Each with whether it is begun, or wrong."""
        names = ("number", "kg", "packing", "warehouse", "best")
        rows = [[self[f"out{row}_{name}"] for name in names] for row in range(OUTPUTS)]
        return [(any(field.errors for field in row) or bool(row[0].value()), row) for row in rows]

    def clean(self) -> dict[str, Any]:
        """A row that is begun is filled in whole."""
        said = super().clean() or {}
        for row in range(1, FURTHER + 1):
            self._whole(said, [f"in{row}_lot", f"in{row}_kg"])
        for row in range(OUTPUTS):
            self._whole(said, [f"out{row}_{name}" for name in ("number", "kg", "packing")], [f"out{row}_warehouse"])
        return said

    def _whole(self, said: Mapping[str, Any], names: list[str], besides: list[str] | None = None) -> None:
        if any(said.get(name) for name in names):
            for name in (*names, *(besides or ())):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Please fill this in."))

    def taken(self) -> list[Taken]:
        """Raises InvalidInput at the field of a number that is no lot of this seller."""
        said = self.cleaned_data
        rows = [Taken(self.lot, said[FIRST])]
        for row in range(1, FURTHER + 1):
            if not said[f"in{row}_lot"]:
                continue
            number = normal_lot_number(said[f"in{row}_lot"])
            lot = HarvestLot.objects.for_enterprise(self.lot.enterprise_id).filter(number=number).first()
            if lot is None:
                raise InvalidInput(fields={f"in{row}_lot": gettext("You have no lot with this number.")})
            rows.append(Taken(lot, said[f"in{row}_kg"]))
        return rows

    def made(self) -> list[Made]:
        said = self.cleaned_data
        return [
            Made(
                said[f"out{row}_packing"],
                said[f"out{row}_warehouse"],
                said[f"out{row}_number"],
                said[f"out{row}_kg"],
                said[f"out{row}_best"],
            )
            for row in range(OUTPUTS)
            if said[f"out{row}_kg"]
        ]

    def named(self, error: InvalidInput) -> InvalidInput:
        """The action counts rows that are filled, the page all of them."""
        ins = [FIRST, *(f"in{row}_kg" for row in range(1, FURTHER + 1) if self.cleaned_data[f"in{row}_lot"])]
        outs = [f"out{row}_kg" for row in range(OUTPUTS) if self.cleaned_data[f"out{row}_kg"]]
        names = {f"inputs.{place}": name for place, name in enumerate(ins)}
        names |= {f"outputs.{place}": name for place, name in enumerate(outs)}
        return InvalidInput(fields={names.get(name, name): text for name, text in error.details["fields"].items()})
