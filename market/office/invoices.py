"""Tax invoices buyers asked sellers of the officer's reach for: how many wait, and which for too long."""

from django.http import HttpRequest, HttpResponse

from market.office.desk import Desk, officers, page, paged
from orders.documents.invoice_queries import counted, longest_waiting_first
from orders.documents.models import TaxInvoiceRequest
from orders.documents.states import S


@officers()
def invoices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Counts of all, and a list: what is overdue first. Nothing of to whom an invoice is made out."""
    rows = desk.of(TaxInvoiceRequest.objects.all())
    counts, state = counted(rows, desk.now), request.GET.get("state", "")
    if state == "late":
        rows = rows.filter(due_at__lt=desk.now)
    elif state in S.values:
        rows = rows.filter(state=state)
    shown = longest_waiting_first(rows.select_related("enterprise__unit", "seller_order"))
    context = {"counts": counts, "state": state, "now": desk.now, "always": True} | paged(request, shown)
    return page(request, desk, "invoices", context, active="invoices")
