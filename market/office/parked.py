"""Payments whose provider says something we did not ask: what came, and the way out for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from market.office.queries import parked as parked_of
from market.office.queries import parked_waiting
from orders.actions.decide_parked import decide_parked
from orders.actions.park_payment import arrived, arrived_of
from orders.payments.models import ParkedDecision, Payment

WAITING, DECIDED = "waiting", "decided"


class ParkedForm(OfficeForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What shall happen"),
        choices=ParkedDecision.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what shall happen.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("What was found out and from whom, such as a call with the payer. It stays in the log."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


@dataclass(frozen=True)
class Line:
    """A payment of the list with what came for it, by currency."""

    payment: Payment
    came: Mapping[str, Decimal]


@officers(R.FINANCE)
def parked(request: HttpRequest, desk: Desk) -> HttpResponse:
    state = DECIDED if request.GET.get("state") == DECIDED else WAITING
    rows = parked_waiting(desk) if state == WAITING else parked_of(desk).filter(parked_decision__isnull=False)
    context = paged(request, rows)
    came = arrived_of(context["rows"])
    context["rows"] = [Line(payment, came.get(str(payment.pk), {})) for payment in context["rows"]]
    return page(request, desk, "parked", context | {"state": state}, active="parked")


@officers(R.FINANCE)
def parked_payment(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One payment, with the form that decides it."""
    payment = parked_of(desk).filter(pk=pk).first()
    if payment is None:
        raise NotFound()
    form = ParkedForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decide(request, desk, payment, form):
        return redirect("office:parked_payment", pk)
    context = {
        "payment": payment,
        "came": arrived(payment),
        "decision": ParkedDecision.objects.select_related("decided_by").filter(payment=payment).first(),
        "refunds": payment.refunds.order_by("pk"),
        "form": form,
        "log": AuditEntry.objects.filter(subject_kind="payment", subject_id=str(pk)).order_by("-pk")[:10],
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "parked_payment", context, active="parked", status=status)


def _decide(request: HttpRequest, desk: Desk, payment: Payment, form: ParkedForm) -> bool:
    """False when it was refused; the form then says why."""
    values = form.cleaned_data
    try:
        decide_parked(payment, values["kind"], reason=values["reason"], by=desk.officer, now=desk.now)
    except MarketError as error:
        put_errors(form, error)
        return False
    messages.success(request, _("Decided and booked."))
    return True
