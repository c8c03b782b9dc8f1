"""Forms of the product editor."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from catalog.pricing.actions.set_price import MAX_STEPS, QUANTITY
from catalog.pricing.models import Price
from catalog.products.actions.write_product import Packing, ProductTexts
from catalog.products.models import Category, Product, Variant
from market.common.errors import InvalidInput
from market.common.forms import DayField, NumberField
from market.common.plain_text import plain_code
from market.common.quantity import UNIT_CHOICES, plain
from market.enterprises.models import Enterprise
from market.portal.forms.attributes import AttributeForm
from market.portal.forms.base import Choices, OneOf, PortalForm
from market.regions.models import OrgUnit

TEXTS = tuple(column.name for column in fields(ProductTexts))


class ProductForm(AttributeForm):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English (optional)"), max_length=200, required=False)
    name_ru = forms.CharField(label=_("Name in Russian (optional)"), max_length=200, required=False)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.all())
    grade = forms.ChoiceField(label=_("Grade"), choices=Product.Grade.choices, initial=Product.Grade.UNGRADED)
    season_months = forms.TypedMultipleChoiceField(
        label=_("Harvest months (optional)"),
        help_text=_("none ticked: all year"),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=Choices(attrs={"class": "months"}),
    )
    hs_code = forms.CharField(
        label=_("HS code (optional; needed for export)"),
        max_length=13,
        required=False,
        help_text=_("6 to 10 digits of the Harmonized System 2022, such as 081340"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    description_zh = forms.CharField(
        label=_("Description in Chinese (optional)"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "zh-Hans"}),
    )
    description_en = forms.CharField(
        label=_("Description in English (optional)"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}),
    )
    description_ru = forms.CharField(
        label=_("Description in Russian (optional)"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "ru"}),
    )

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        """Choosing a category brings its fields; without script they come when the page is sent."""
        super().__init__(*args, said=product.attributes if product else None, **kwargs)
        address = reverse("portal:attribute_fields")
        self.fields["category"].widget.attrs |= {
            "hx-get": f"{address}?product={product.pk}" if product else address,
            "hx-trigger": "change",
            "hx-target": "#attribute-fields",
            "hx-swap": "outerHTML",
        }

    def clean_hs_code(self) -> str:
        """Dots, blanks and wide digits are how people write it."""
        return plain_code(self.cleaned_data["hs_code"]).replace(".", "")

    def texts(self) -> ProductTexts:
        return ProductTexts(**{name: self.cleaned_data[name] for name in TEXTS})

    @staticmethod
    def values_of(product: Product) -> dict[str, Any]:
        return {name: getattr(product, name) for name in TEXTS} | {"category": product.category_id}


class PackingForm(PortalForm):
    sku = forms.CharField(label=_("SKU"), max_length=40, help_text=_("your own code of this packing, such as HZ-5KG"))
    unit = forms.ChoiceField(label=_("Sold by the"), choices=UNIT_CHOICES, initial="XBX")
    net_kg = NumberField(label=_("Net weight of one unit, kg"), is_positive=True)
    gross_kg = NumberField(label=_("Gross weight of one unit, kg"), is_positive=True)
    is_active = forms.BooleanField(label=_("On offer"), required=False, initial=True)

    def packing(self) -> Packing:
        return Packing(**{name: self.cleaned_data[name] for name in ("sku", "unit", "net_kg", "gross_kg")})

    @staticmethod
    def values_of(variant: Variant) -> dict[str, Any]:
        weights = {"net_kg": plain(variant.net_kg), "gross_kg": plain(variant.gross_kg)}
        return weights | {"sku": variant.sku, "unit": variant.unit, "is_active": variant.is_active}


class NewProductForm(ProductForm):
    """A product, and in the same page, if one likes, its first packing with price and harvest: all or nothing."""

    origin = forms.ModelChoiceField(
        label=_("Place of origin"),
        queryset=OrgUnit.objects.none(),
        help_text=_(
            "where it grows. Written once: it cannot be changed afterwards, because papers and lots rest on it"
        ),
    )
    sku = forms.CharField(label=_("SKU"), max_length=40, required=False)
    unit = forms.ChoiceField(label=_("Sold by the"), choices=UNIT_CHOICES, initial="XBX", required=False)
    net_kg = NumberField(label=_("Net weight of one unit, kg"), is_positive=True, required=False)
    gross_kg = NumberField(label=_("Gross weight of one unit, kg"), is_positive=True, required=False)
    price = NumberField(label=_("Price per kg, CNY"), places=4, is_positive=True, required=False)
    moq = NumberField(label=_("Minimum order, units"), is_positive=True, required=False, initial="1")
    lot_number = forms.CharField(label=_("Lot number"), max_length=20, required=False)
    quantity = NumberField(label=_("Units received into stock"), is_positive=True, required=False)
    harvested_from = DayField(label=_("Harvested from"), help_text=_("such as 2026-10-03"), required=False)
    harvested_to = DayField(label=_("Harvested to"), help_text=_("such as 2026-10-12"), required=False)
    PACKING = ("sku", "net_kg", "gross_kg", "price")
    HARVEST = ("lot_number", "quantity", "harvested_from", "harvested_to")

    def __init__(self, enterprise: Enterprise, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"origin": enterprise.unit_id})
        super().__init__(*args, **kwargs)
        self.fields["origin"].queryset = OrgUnit.objects.subtree(enterprise.unit.path).filter(  # type: ignore[attr-defined]
            closed_at__isnull=True
        )

    def clean(self) -> dict[str, Any]:
        """A group that has been begun is finished, and a harvest needs its packing."""
        values = super().clean() or {}
        if self.has_harvest or any(self._typed(name) for name in self.PACKING):
            self._need(self.PACKING, values)
        if self.has_harvest:
            self._need(self.HARVEST, values)
        return values

    @property
    def has_packing(self) -> bool:
        return bool(self.cleaned_data.get("sku"))

    @property
    def has_harvest(self) -> bool:
        return any(self._typed(name) for name in self.HARVEST)

    def _typed(self, name: str) -> bool:
        return bool(str(self.data.get(name, "")).strip())

    def _need(self, names: tuple[str, ...], values: dict[str, Any]) -> None:
        for name in names:
            if values.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("Please fill this in, or leave this whole part empty."))


class PriceForm(PortalForm):
    """Basis, minimum, multiple, and up to five steps as pairs of fields."""

    basis = forms.ChoiceField(
        label=_("The price is stated"), choices=Price.Basis.choices, widget=OneOf, initial="per_kg"
    )
    moq = NumberField(label=_("Minimum order, units"), is_positive=True, initial="1")
    multiple = NumberField(
        label=_("Order multiple, units"), is_positive=True, initial="1", help_text=_("orders go up in steps of this")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MAX_STEPS + 1):
            facts = {"step": number}
            self.fields[f"from_{number}"] = NumberField(
                label=_("Step %(step)s: from, units") % facts, is_positive=True, required=False
            )
            self.fields[f"amount_{number}"] = NumberField(
                label=_("Step %(step)s: price") % facts, places=4, is_positive=True, required=False
            )

    def steps(self) -> Iterator[tuple[int, forms.BoundField, forms.BoundField]]:
        for number in range(1, MAX_STEPS + 1):
            yield number, self[f"from_{number}"], self[f"amount_{number}"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in range(1, MAX_STEPS + 1):
            pair = (f"from_{number}", f"amount_{number}")
            filled = [name for name in pair if values.get(name) is not None or name in self.errors]
            if len(filled) == 1:
                other = pair[1] if filled[0] == pair[0] else pair[0]
                self.add_error(other, _("A step needs both: from how many units, and the price."))
        return values

    def tiers(self) -> list[tuple[Decimal, Decimal]]:
        """As typed, in the order of the rows; empty rows are left out."""
        return [(self.cleaned_data[f"from_{row}"], self.cleaned_data[f"amount_{row}"]) for row in self._filled()]

    def _filled(self) -> list[int]:
        both = {row: (f"from_{row}", f"amount_{row}") for row in range(1, MAX_STEPS + 1)}
        return [row for row, pair in both.items() if all(self.cleaned_data.get(name) is not None for name in pair)]

    def put_refusal(self, error: InvalidInput) -> None:
        """At the field of the step it speaks of; without a step, where the ladder begins."""
        fields = dict(error.details["fields"])
        if "tiers" in fields:
            number, part = int(error.details.get("step", 1)), error.details.get("part", QUANTITY)
            row, told = [*self._filled(), 1][number - 1], fields.pop("tiers")
            fields[f"{'from' if part == QUANTITY else 'amount'}_{row}"] = error.details.get("problem", told)
        for name, text in fields.items():
            self.add_error(name, str(text))

    @staticmethod
    def values_of(price: Price | None) -> dict[str, Any]:
        if price is None:
            return {"from_1": "1"}
        values = {"basis": price.basis, "moq": plain(price.moq), "multiple": plain(price.multiple)}
        for number, tier in enumerate(price.tiers.all(), start=1):
            values |= {f"from_{number}": plain(tier.min_quantity), f"amount_{number}": plain(tier.amount)}
        return values


class ProductFilter(PortalForm):
    q = forms.CharField(label=_("Name or SKU"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("all")), *Product.State.choices], required=False)
