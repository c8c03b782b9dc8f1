"""Goods of ours went back or were lost: the buyer gets the money without having to claim it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import tell_refusal
from market.enterprises.roles import Right
from market.portal.queries.orders import own_order
from market.portal.seat import Seat, show, staff
from orders.actions.give_back_missing import give_back_missing, missing_amount


@staff(only=Right.TRADE)
def give_back(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """How much, and the button."""
    row = own_order(seat.enterprise, number)
    try:
        if request.method == "POST":
            give_back_missing(row, by=seat.person, now=read_clock())
            messages.success(request, _("The buyer gets the money back."))
            return redirect("portal:order", number)
        amount = missing_amount(row, read_clock())
    except MarketError as error:
        tell_refusal(request, error)
        return redirect("portal:order", number)
    return show(request, seat, "give_back", _("Give the money back"), {"order": row, "amount": amount})
