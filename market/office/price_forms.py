"""What officers fill in about market prices."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from market.common.forms import DayField, NumberField
from market.common.quantity import plain
from market.office.desk import Desk, R
from market.office.forms import OfficeForm
from market.prices.entries import LONGEST_REASON, LONGEST_REPORTER, Entry, Told
from market.prices.foreseeing import Batch
from market.prices.models import Basis, Commodity, PricePlace, PriceReport, Source
from market.prices.units import ReportUnit

MOST: Final = Decimal("99999999")
CHOOSE = {"required": _("Please choose one."), "invalid_choice": _("Please choose one of the list.")}


class FiguresForm(OfficeForm):
    unit = forms.ChoiceField(label=_("Prices are per"), choices=ReportUnit, error_messages=CHOOSE)
    low = NumberField(label=_("Lowest price, CNY"), places=4, most=MOST)
    mid = NumberField(label=_("Average price, CNY"), places=4, most=MOST)
    high = NumberField(label=_("Highest price, CNY"), places=4, most=MOST)

    def told(self) -> Told:
        values = self.cleaned_data
        return Told(values["unit"], values["low"], values["mid"], values["high"])


class PlaceForm(OfficeForm):
    """Where, on which basis, and who says it: the same of one report and of a table."""

    place = forms.ModelChoiceField(
        label=_("Market or area"),
        queryset=PricePlace.objects.none(),
        error_messages=CHOOSE,
        empty_label=_("Please choose"),
    )
    basis = forms.ChoiceField(label=_("Basis"), choices=Basis, error_messages=CHOOSE)
    reporter = forms.CharField(
        label=_("Who told the price"),
        help_text=_(
            "The name of the stall, buyer, farm or bulletin, always written the same way: each counts once a day."
        ),
        max_length=LONGEST_REPORTER,
    )
    source = forms.ChoiceField(label=_("Kind of source"), choices=Source, error_messages=CHOOSE)

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ModelChoiceField)
        place.queryset = places(desk)


class ReportForm(PlaceForm, FiguresForm):
    commodity = forms.ModelChoiceField(
        label=_("Goods"), queryset=Commodity.objects.all(), error_messages=CHOOSE, empty_label=_("Please choose")
    )
    grade = forms.ChoiceField(
        label=_("Grade"), choices=Product.Grade, initial=Product.Grade.UNGRADED, error_messages=CHOOSE
    )
    day = DayField(label=_("Market day"), help_text=_("such as 2026-11-24"))
    field_order = (
        "place",
        "commodity",
        "grade",
        "basis",
        "day",
        "unit",
        "low",
        "mid",
        "high",
        "reporter",
        "source",
    )

    def entry(self) -> Entry:
        names = ("place", "commodity", "grade", "basis", "day", "reporter", "source")
        return Entry(told=self.told(), **{name: self.cleaned_data[name] for name in names})


class CorrectionForm(FiguresForm):
    reason = forms.CharField(label=_("Reason"), help_text=_("It stays in the log."), max_length=LONGEST_REASON)

    @staticmethod
    def values_of(report: PriceReport) -> dict[str, str]:
        """As it was told."""
        told = {name: str(report.raw.get(name, "")) for name in ("low", "mid", "high")}
        return {"unit": report.unit} | {name: text or plain(getattr(report, name)) for name, text in told.items()}


class RejectionForm(OfficeForm):
    reason = forms.CharField(label=_("Reason"), help_text=_("It stays in the log."), max_length=LONGEST_REASON)


class PriceTableForm(PlaceForm):
    file = forms.FileField(
        label=_("Table of prices"),
        help_text=_(
            "CSV in UTF-8 or GB18030, up to 12,000 lines and 2 MB, with headings such as "
            "product, lowest, average, highest, grade, unit, date."
        ),
        error_messages={"required": _("Please choose a file.")},
    )
    field_order = ("place", "basis", "reporter", "source", "file")

    def batch(self, file: str) -> Batch:
        names = ("place", "basis", "reporter", "source")
        return Batch(file=file, **{name: self.cleaned_data[name] for name in names})


def places(desk: Desk) -> Any:
    """Where this officer may report prices of."""
    return desk.of(PricePlace.objects.select_related("unit"), R.REVIEWER)
