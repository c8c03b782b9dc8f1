"""The address a driver without software reports at: made for one shipment, shown once, withdrawn at any time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import chosen_row, put_errors
from market.common.qr import qr_svg
from market.enterprises.roles import Right
from market.portal.forms.order import DriverForm
from market.portal.seat import Seat, show, staff
from orders.inbox.links import link_address, make_shipment_link, withdraw_link
from orders.shipments.models import Shipment


@staff(only=Right.SHIP)
def driver(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """The form, its answer with the address, and every address made before."""
    rows = Shipment.objects.for_enterprise(seat.enterprise.pk).select_related("seller_order")
    shipment = rows.filter(number=number).first()
    if shipment is None:
        raise NotFound()
    now = read_clock()
    if request.method == "POST" and "withdraw" in request.POST:
        withdraw_link(chosen_row(shipment.links.all(), request.POST["withdraw"]), by=seat.person, now=now)
        messages.success(request, _("Withdrawn: nobody can report with it any more."))
        return redirect("portal:driver", number)
    form, made = DriverForm(request.POST or None), {}
    if request.method == "POST" and form.is_valid():
        try:
            link, secret = make_shipment_link(shipment, by=seat.person, now=now, **form.cleaned_data)
        except MarketError as error:
            put_errors(form, error)
        else:
            address = link_address(secret)
            form, made = DriverForm(), {"made": link, "address": address, "code": qr_svg(address)}
    links = shipment.links.select_related("made_by").order_by("-pk")[:50]
    context = {"shipment": shipment, "form": form, "links": [(link, link.is_live(now)) for link in links], **made}
    answer = show(request, seat, "driver", _("Phone page for the driver"), context)
    answer["Cache-Control"] = "no-store"
    return answer
