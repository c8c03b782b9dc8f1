from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import NotFound
from market.common.pages import signed_in
from market.enterprises.queries import memberships_of
from market.enterprises.roles import Right
from market.portal.queries.money import balances
from market.portal.queries.orders import orders_in
from market.portal.queries.payouts import current_account
from market.portal.queries.products import with_old_properties
from market.portal.queries.tasks import what_needs_doing
from market.portal.seat import CHOSEN, Seat, seat_of, show, staff
from orders.outbound.queries import troubled_endpoints


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing, then money, then the orders that wait longest. Those who set webhooks read which do not
    arrive."""
    seat = seat_of(request)
    if seat is None:
        return redirect("portal:onboarding")
    now = read_clock()
    context = {
        "webhooks": troubled_endpoints(seat.enterprise.pk, now) if seat.may(Right.PEOPLE) else [],
        "old_properties": with_old_properties(seat.enterprise),
        "todo": what_needs_doing(seat.enterprise),
        "balances": balances(seat.enterprise, now),
        "account": current_account(seat.enterprise),
        "orders": orders_in(seat.enterprise, "to-ship")[:10],
    }
    return show(request, seat, "home", _("Overview"), context)


@staff()
def enterprises(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Whoever works for several enterprises says here for which of them now."""
    members = list(memberships_of(seat.person))
    if request.method == "POST":
        number = request.POST.get("enterprise", "")
        if number not in {row.enterprise.number for row in members}:
            raise NotFound()
        request.session[CHOSEN] = number
        return redirect("portal:home")
    return show(request, seat, "enterprises", _("Enterprises I work for"), {"members": members})
