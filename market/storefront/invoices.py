"""Tax invoices, for the buyer: ask for one, see how far it is, fetch it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import hides_foreign_rows, put_errors, tell_refusal
from market.storefront.access import my_purchase, my_seller_order
from market.storefront.invoice_forms import InvoiceForm
from market.storefront.visitor import person
from orders.documents.actions.ask_invoice import ask_invoice, invoiceable, may_have_invoice, withdraw_request
from orders.documents.hand_out import hand_out_invoice
from orders.documents.invoice_queries import invoice_of, profile_of, request_of, requests_of, whole_requests
from orders.documents.states import LIVE
from orders.orders.models import SellerOrder


@never_cache
@hides_foreign_rows
def ask(request: HttpRequest, number: str, order_number: str) -> HttpResponse:
    """The form of one seller order, with what was asked for the last time."""
    order, buyer = my_seller_order(request, number, order_number), person(request)
    form = InvoiceForm(profile_of(buyer), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_invoice(order, form.details(), by=buyer, now=read_clock())
            messages.success(request, _("The seller has been asked, and should answer within seven days."))
            return redirect("storefront:papers", number)
        except MarketError as error:
            put_errors(form, error)
    context = {
        "form": form,
        "number": number,
        "order": order,
        "currency": order.purchase.currency,
        "amount": invoiceable(order),
        "is_possible": may_ask(order),
    }
    return render(request, "storefront/invoice.html", context, status=422 if request.method == "POST" else 200)


def may_ask(order: SellerOrder) -> bool:
    newest = requests_of([order.pk]).get(order.pk)
    return may_have_invoice(order) and (newest is None or newest.state not in LIVE)


@require_POST
@hides_foreign_rows
def withdraw(request: HttpRequest, number: str, request_number: str) -> HttpResponse:
    mine = whole_requests().filter(seller_order__purchase=my_purchase(request, number))
    try:
        withdraw_request(request_of(mine, request_number), by=person(request), now=read_clock())
        messages.success(request, _("The request is withdrawn."))
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("storefront:papers", number)


@never_cache
@hides_foreign_rows
def invoice_file(request: HttpRequest, number: str, invoice_id: int) -> HttpResponse:
    mine = whole_requests().filter(seller_order__purchase=my_purchase(request, number))
    return hand_out_invoice(invoice_of(mine, invoice_id))
