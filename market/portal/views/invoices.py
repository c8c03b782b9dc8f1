"""Tax invoices buyers asked for: what waits, handing one in, saying why there is none."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import put_errors
from market.enterprises.roles import Right
from market.portal.forms.invoice import HandInForm, NoInvoiceForm
from market.portal.seat import Seat, page_of, show, staff
from orders.documents.actions.answer_invoice import amount_due, decline_request, hand_in_invoice
from orders.documents.errors import AmountDiffers
from orders.documents.hand_out import hand_out_invoice
from orders.documents.invoice_queries import (
    counted,
    invoice_of,
    longest_waiting_first,
    request_of,
    whole_requests,
)
from orders.documents.models import TaxInvoiceRequest
from orders.documents.states import S


@staff()
def invoices(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What waits longest first; `state` limits it."""
    rows, now = whole_requests().for_enterprise(seat.enterprise.pk), read_clock()
    counts = counted(rows.order_by(), now)
    state = request.GET.get("state", "")
    if state in S.values:
        rows = rows.filter(state=state)
    context = {
        "page": page_of(request, longest_waiting_first(rows)),
        "counts": counts,
        "states": S.choices,
        "state": state,
        "now": now,
    }
    return show(request, seat, "invoices", _("Tax invoices"), context)


@staff(Right.INVOICE)
def invoice(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """The details to make it out to, and two forms: the invoice, or why there is none."""
    row = request_of(whole_requests().for_enterprise(seat.enterprise.pk), number)
    due, currency = amount_due(row), row.seller_order.purchase.currency
    declines = "decline" in request.POST
    hand_in = HandInForm(
        due, currency, *((request.POST, request.FILES) if request.method == "POST" and not declines else ())
    )
    decline = NoInvoiceForm(request.POST if declines else None)
    chosen = decline if declines else hand_in
    if request.method == "POST" and chosen.is_valid() and _act(request, seat, row, hand_in, decline):
        return redirect("portal:invoices")
    context = {
        "row": row,
        "order": row.seller_order,
        "due": due,
        "currency": currency,
        "hand_in": hand_in,
        "decline": decline,
        "form": chosen,
        "may_act": row.waits and seat.may(Right.INVOICE),
        "answer": list(row.events.all())[-1],
        "is_late": row.due_at is not None and row.due_at < read_clock(),
    }
    return show(request, seat, "invoice", _("Tax invoice %(number)s") % {"number": row.number}, context)


def _act(request: HttpRequest, seat: Seat, row: TaxInvoiceRequest, hand_in: HandInForm, decline: NoInvoiceForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        if decline.is_bound:
            decline_request(row, reason=decline.cleaned_data["reason"], by=seat.person, now=read_clock())
            messages.success(request, _("The buyer is told why there is none."))
        else:
            hand_in_invoice(row, hand_in.handed_in(), by=seat.person, now=read_clock())
            messages.success(request, _("The buyer is told and can fetch the invoice."))
    except AmountDiffers as error:
        hand_in.put_refusal(error)
        return False
    except MarketError as error:
        put_errors(decline if decline.is_bound else hand_in, error)
        return False
    return True


@staff()
def invoice_file(request: HttpRequest, seat: Seat, number: str, invoice_id: int) -> HttpResponse:
    rows = whole_requests().for_enterprise(seat.enterprise.pk).filter(number=number)
    return hand_out_invoice(invoice_of(rows, invoice_id))
