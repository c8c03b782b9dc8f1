"""Refunds by bank transfer: they leave with a bank file, and a finance officer says when they have left."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import RefundForm
from market.office.queries import refunds as refunds_of
from orders.actions.confirm_refund import confirm_refund
from orders.payments.models import Refund


@officers(R.FINANCE)
def refunds(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = refunds_of(desk)
    state = request.GET.get("state", Refund.State.PENDING)
    if state in Refund.State.values:
        rows = rows.filter(state=state)
    context = paged(request, rows.order_by("created_at", "pk")) | {"state": state, "states": Refund.State.choices}
    return page(request, desk, "refunds", context, active="refunds")


@officers(R.FINANCE)
def refund(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One refund, with the form that closes it."""
    row = refunds_of(desk).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    form = RefundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_refund(row, bank_row_id=form.cleaned_data["bank_row_id"], by=desk.officer, now=desk.now)
            messages.success(request, _("Recorded: the refund has left."))
            return redirect("office:refunds")
        except MarketError as error:
            put_errors(form, error)
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "refund", {"row": row, "form": form}, active="refunds", status=status)
