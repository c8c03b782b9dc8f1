"""What prices are told of: goods, written at the top, and places in the officer's subtree."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Category
from market.common.errors import MarketError
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page
from market.office.forms import OfficeForm
from market.office.price_forms import CHOOSE, places
from market.prices.actions.write_goods import Names, write_commodity, write_place
from market.prices.entries import one_line
from market.prices.models import Commodity
from market.regions.models import OrgUnit


class NamedForm(OfficeForm):
    code = forms.CharField(
        label=_("Code"),
        help_text=_(
            "Such as hami-melon. It stands in addresses and stays; a code that is there already is named anew."
        ),
        max_length=40,
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=200, required=False)

    def names(self) -> Names:
        return Names(*(one_line(self.cleaned_data[f"name_{language}"]) for language in ("zh", "en", "ru")))


class GoodsForm(NamedForm):
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.all(), error_messages=CHOOSE, empty_label=_("Please choose")
    )
    aliases = forms.CharField(
        label=_("Other names, one a line"),
        help_text=_("As tables and names of products write it. A product is matched by the longest name it contains."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

    def other_names(self) -> list[str]:
        lines = map(one_line, str(self.cleaned_data["aliases"]).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class PlaceOfUnitForm(NamedForm):
    unit = forms.ModelChoiceField(
        label=_("Organisation unit"),
        help_text=_("It watches the place: its officers, and those above, report and confirm there."),
        queryset=OrgUnit.objects.none(),
        error_messages=CHOOSE,
        empty_label=_("Please choose"),
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = units_of(desk)


def units_of(desk: Desk) -> QuerySet[OrgUnit]:
    reach = Q(pk__in=[])
    for path in desk.paths(R.REVIEWER):
        reach |= Q(path__startswith=path)
    return OrgUnit.objects.filter(reach, closed_at=None)


@officers(R.REVIEWER)
def price_goods(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Two lists with a form each; who is not at the top sees the goods and writes none."""
    is_top, sent = desk.is_top(R.REVIEWER), request.POST.get("what", "")
    goods = GoodsForm(request.POST if sent == "goods" and is_top else None, prefix="goods")
    place = PlaceOfUnitForm(request.POST if sent == "place" else None, prefix="place", desk=desk)
    for form in (goods, place):
        if form.is_bound and form.is_valid() and _write(desk, form):
            messages.success(request, gettext("Saved."))
            return redirect("office:price_goods")
    context = {
        "goods": Commodity.objects.select_related("category"),
        "places": places(desk),
        "goods_form": goods if is_top else None,
        "place_form": place,
    }
    return page(request, desk, "price_goods", context, active="prices", status=422 if request.POST else 200)


def _write(desk: Desk, form: GoodsForm | PlaceOfUnitForm) -> bool:
    """False when it was refused; the form then says why."""
    values = form.cleaned_data
    try:
        if isinstance(form, GoodsForm):
            write_commodity(
                values["code"], form.names(), values["category"], form.other_names(), by=desk.officer, now=desk.now
            )
        else:
            write_place(values["code"], form.names(), values["unit"], by=desk.officer, now=desk.now)
    except MarketError as error:
        put_errors(form, error)
        return False
    return True
