"""Pickup jobs: ask a partner to fetch orders, take or refuse its proposal, withdraw."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import put_errors, tell_refusal
from market.enterprises.roles import Right
from market.portal.forms.pickup import PickupForm
from market.portal.queries.pickups import orders_to_fetch, proposed_load
from market.portal.seat import Seat, page_of, show, staff
from orders.pickups.actions.ask_pickup import ask_pickup
from orders.pickups.actions.decide_pickup import refuse_proposal, take_proposal, withdraw_pickup
from orders.pickups.models import PickupJob
from orders.pickups.queries import TABS, enterprise_jobs, find_job, open_partners
from orders.pickups.states import LIVE

S = PickupJob.State
TAB_TITLES = {
    "open": gettext_lazy("Waiting for an answer"),
    "accepted": gettext_lazy("Agreed"),
    "ended": gettext_lazy("Ended"),
}


@staff()
def pickups(request: HttpRequest, seat: Seat) -> HttpResponse:
    tab = request.GET.get("state", "open")
    tab = tab if tab in TABS else "open"
    page = page_of(request, enterprise_jobs(seat.enterprise.pk, tab))
    context = {"tab": tab, "tabs": TAB_TITLES.items(), "page": page}
    return show(request, seat, "pickups", _("Pickups"), context)


@staff(only=Right.SHIP)
def new_pickup(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The orders come with the address, chosen in the list of orders or on an order's page."""
    asked = request.POST if request.method == "POST" else request.GET
    orders = orders_to_fetch(seat.enterprise, asked.getlist("order"))
    partners = list(open_partners())
    if request.method == "POST":
        form = PickupForm(partners, request.POST)
    else:
        form = PickupForm(partners, initial=proposed_load(seat.enterprise, orders) | {"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            job = ask_pickup(
                seat.enterprise,
                [order.number for order in orders],
                partner_id=form.cleaned_data["partner"],
                load=form.load(),
                key=form.cleaned_data["key"],
                by=seat.person,
                now=read_clock(),
            )
            messages.success(request, _("The partner has been asked. You are told when it answers."))
            return redirect("portal:pickup", job.number)
        except MarketError as error:
            put_errors(form, error)
    context = {"form": form, "orders": orders, "partners": partners}
    return show(request, seat, "pickup_new", _("Have goods fetched"), context)


@staff()
def pickup(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    job = find_job(enterprise_jobs(seat.enterprise.pk), number)
    context = {
        "job": job,
        "is_live": job.state in LIVE,
        "events": job.events.select_related("by").order_by("-at", "-pk"),
    }
    return show(request, seat, "pickup", _("Pickup job %(number)s") % {"number": job.number}, context)


@staff(only=Right.SHIP)
def pickup_do(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """The page's buttons: take and refuse, withdraw."""
    job, now = find_job(enterprise_jobs(seat.enterprise.pk), number), read_clock()
    if request.method != "POST":
        return redirect("portal:pickup", number)
    try:
        match request.POST.get("do", ""):
            case "take":
                job.counter_from, job.counter_to = _moment(request, "counter_from"), _moment(request, "counter_to")
                take_proposal(job, by=seat.person, now=now)
                messages.success(request, _("Agreed: the truck comes at the proposed time."))
            case "refuse":
                refuse_proposal(job, by=seat.person, now=now)
                messages.success(request, _("Refused. You can ask another partner."))
            case "withdraw":
                withdraw_pickup(job, by=seat.person, now=now)
                messages.success(request, _("Withdrawn. The orders can be fetched by somebody else."))
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("portal:pickup", number)


def _moment(request: HttpRequest, name: str) -> datetime | None:
    """As the page wrote it; None for anything else, which no proposal equals."""
    try:
        return parse_datetime(request.POST.get(name, ""))
    except ValueError:
        return None
