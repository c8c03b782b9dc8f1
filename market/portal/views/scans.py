"""Papers of authorities for an order: handed in, looked at, taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import chosen_row, put_errors, tell_refusal
from market.enterprises.roles import Right
from market.portal.forms.scan import ScanForm
from market.portal.queries.orders import own_order
from market.portal.seat import Seat, show, staff
from orders.documents.actions.keep_authority_paper import keep_authority_paper, withdraw_authority_paper
from orders.documents.contents.statement import PAID
from orders.documents.hand_out import hand_out_scan
from orders.documents.models import AuthorityPaper
from orders.documents.queries import one_scan
from orders.orders.models import SellerOrder


@staff(Right.TRADE)
def scans(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    order = own_order(seat.enterprise, number)
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdraw(request, order)
    form = ScanForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            keep_authority_paper(order, form.paper(), by=seat.person, now=read_clock())
            messages.success(request, _("The paper is there, and the buyer can see it."))
            return redirect("portal:scans", number)
        except MarketError as error:
            put_errors(form, error)
    kept = list(AuthorityPaper.objects.filter(seller_order=order))
    context = {
        "order": order,
        "form": form,
        "scans": kept,
        "standing": [scan for scan in kept if scan.withdrawn_at is None],
        "base": reverse("portal:scans", args=[number]),
        "may_act": order.state in PAID and seat.may(Right.TRADE),
    }
    return show(request, seat, "scans", _("Papers of authorities for order %(number)s") % {"number": number}, context)


def _withdraw(request: HttpRequest, order: SellerOrder) -> HttpResponse:
    row = chosen_row(AuthorityPaper.objects.filter(seller_order=order), request.POST["withdraw"])
    try:
        withdraw_authority_paper(row, reason=request.POST.get("reason", ""), now=read_clock())
        messages.success(request, _("The paper is taken back; it can still be seen, with your reason."))
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("portal:scans", order.number)


@staff()
def scan(request: HttpRequest, seat: Seat, number: str, scan_id: int) -> HttpResponse:
    rows = AuthorityPaper.objects.for_enterprise(seat.enterprise.pk).filter(seller_order__number=number)
    return hand_out_scan(one_scan(rows, scan_id))
