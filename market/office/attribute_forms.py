"""What officers fill in about an attribute. Forms check shape; the actions check sense."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.products.actions.define_attribute import LONGEST_CODE, LONGEST_NAME, LONGEST_UNIT, Wish
from catalog.products.attributes import K, Names
from catalog.products.models import Attribute, Category
from market.common.languages import active_language
from market.common.quantity import parse_decimal
from market.office.forms import OfficeForm

MOST_TEXT = 400_000  # a thousand values with long names in three languages
_BETWEEN = re.compile(r"\s*[|｜]\s*")
_UNIT: dict[str, Any] = {
    "max_length": LONGEST_UNIT,
    "required": False,
    "widget": forms.TextInput(attrs={"class": "short"}),
}


def _name(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_NAME, required=required)


class AttributeForm(OfficeForm):
    name_zh = _name(gettext_lazy("Name in Chinese"), required=True)
    name_en = _name(gettext_lazy("Name in English (optional)"))
    name_ru = _name(gettext_lazy("Name in Russian (optional)"))
    values = forms.CharField(
        label=gettext_lazy("Values of a choice"),
        help_text=gettext_lazy(
            "One a line, in the order buyers see: code | Chinese | English | Russian, such as large | 大果 | Large | "
            "Крупный. The code never changes. A line taken away retires the value; written again it is back."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "class": "code"}),
        max_length=MOST_TEXT,
        required=False,
    )
    unit_zh = forms.CharField(label=gettext_lazy("Unit of a number, in Chinese (optional)"), **_UNIT)
    unit_en = forms.CharField(label=gettext_lazy("Unit in English, where it differs"), **_UNIT)
    unit_ru = forms.CharField(label=gettext_lazy("Unit in Russian, where it differs"), **_UNIT)
    steps = forms.CharField(
        label=gettext_lazy("Ranges of a number (optional)"),
        help_text=gettext_lazy("Bounds, separated by blanks, such as 12 14 16. Empty: buyers filter by exact values."),
        max_length=400,
        required=False,
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place among the others"),
        help_text=gettext_lazy("the lowest number stands first"),
        initial=0,
        min_value=0,
        max_value=9_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={"invalid": gettext_lazy("A whole number, please, such as 10.")},
    )
    is_facet = forms.BooleanField(label=gettext_lazy("Buyers filter by it"), initial=True, required=False)
    is_required = forms.BooleanField(label=gettext_lazy("Nothing is published without it"), required=False)
    is_retired = forms.BooleanField(label=gettext_lazy("Retired: neither asked for nor shown any more"), required=False)
    ONLY = {K.CHOICE: ("values",), K.NUMBER: ("unit_zh", "unit_en", "unit_ru", "steps"), K.YES_NO: ()}

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        """`kind`: of an attribute that exists; its form has no fields of other kinds."""
        super().__init__(*args, **kwargs)
        for other, names in self.ONLY.items():
            if kind and other != kind:
                for name in names:
                    del self.fields[name]

    def clean_values(self) -> list[tuple[str, Names]]:
        lines = [line.strip() for line in str(self.cleaned_data["values"]).replace("\x00", "").splitlines()]
        return [_value(line, number) for number, line in enumerate(lines, start=1) if line]

    def clean_steps(self) -> list[Decimal]:
        found = []
        for typed in re.split(r"[\s;；、]+", str(self.cleaned_data["steps"]).strip()):
            number = parse_decimal(typed, active_language()) if typed else None
            if typed and number is None:
                raise forms.ValidationError(_("numbers with at most three decimal places, such as 12 14 16.5"))
            found += [number] if number is not None else []
        return found

    def wish(self) -> Wish:
        values = self.cleaned_data
        return Wish(
            names=(values["name_zh"], values["name_en"], values["name_ru"]),
            units=(values.get("unit_zh", ""), values.get("unit_en", ""), values.get("unit_ru", "")),
            steps=values.get("steps", ()),
            values=values.get("values", ()),
            is_facet=values["is_facet"],
            is_required=values["is_required"],
            is_retired=values["is_retired"],
            position=values["position"],
        )

    @staticmethod
    def filled(row: Attribute) -> dict[str, Any]:
        offered = [value for value in row.values.all() if not value.is_retired]
        lines = [" | ".join((one.code, one.name_zh, one.name_en, one.name_ru)).rstrip(" |") for one in offered]
        names = ("name_zh", "name_en", "name_ru", "unit_zh", "unit_en", "unit_ru", "position")
        flags = ("is_facet", "is_required", "is_retired")
        return {name: getattr(row, name) for name in (*names, *flags)} | {
            "values": "\n".join(lines),
            "steps": " ".join(map(str, row.steps)),
        }


class NewAttributeForm(AttributeForm):
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        help_text=gettext_lazy("it holds for this one and all below it"),
        queryset=Category.objects.all(),
        error_messages={"invalid_choice": gettext_lazy("Please choose one of the categories.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("small Latin letters, digits and hyphens, such as size-grade; never changes"),
        max_length=LONGEST_CODE,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), help_text=gettext_lazy("never changes"), choices=Attribute.Kind.choices
    )
    field_order = ("category", "code", "kind")


def _value(line: str, number: int) -> tuple[str, Names]:
    parts = _BETWEEN.split(line)
    if not 2 <= len(parts) <= 4:
        raise forms.ValidationError(
            _("Line %(number)s: code | Chinese | English | Russian, please, with a line between them."),
            params={"number": number},
        )
    code, zh, en, ru = [*parts, "", ""][:4]
    return code, (zh, en, ru)
