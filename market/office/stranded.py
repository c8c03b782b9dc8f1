"""Shipments that ended without arriving, while what was paid for them is held: the oldest first. A reviewer gives the
buyer the money back."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.queries import stranded as stranded_of
from orders.actions.give_back_missing import give_back_missing, missing_amount
from orders.orders.models import SellerOrder


@officers()
def stranded(request: HttpRequest, desk: Desk) -> HttpResponse:
    context = paged(request, stranded_of(desk)) | {"may_give_back": desk.holds(R.REVIEWER)}
    return page(request, desk, "stranded", context, active="stranded")


@officers(R.REVIEWER)
def give_back(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """How much, and the button."""
    rows = desk.of(SellerOrder.objects.all(), R.REVIEWER).select_related("purchase", "enterprise")
    order = rows.filter(number=number).first()
    if order is None:
        raise NotFound()
    form = forms.Form(request.POST or None)
    context: dict[str, object] = {"order": order, "form": form}
    try:
        if request.method == "POST":
            give_back_missing(order, by=desk.officer, now=desk.now)
            messages.success(request, _("The buyer gets the money back."))
            return redirect("office:stranded")
        context["amount"] = missing_amount(order, desk.now)
    except MarketError as error:
        form = forms.Form({})
        form.is_valid()
        put_errors(form, error)
        context |= {"form": form}
    return page(request, desk, "give_back", context, active="stranded", status=409 if form.errors else 200)
