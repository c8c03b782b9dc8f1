"""One credit on our account: what it is, and what two officers do about it when it fits no payment by itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.pages import chosen_row, put_errors
from market.office.desk import Desk, R, officers, page
from market.office.forms import OfficeForm
from market.office.queries import bank_rows, payments_in_reach
from orders.actions.confirm_transfer import reference_key, transfers_named
from orders.actions.decide_transfer import (
    UNDECIDED,
    confirm_decision,
    left_of,
    propose_match,
    propose_return,
    withdraw_decision,
)
from orders.payments.models import BankStatementRow, Payment, TransferDecision

Kind = TransferDecision.Kind
D = TransferDecision.State


class ProposalForm(OfficeForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What shall happen"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what shall happen.")},
    )
    number = forms.CharField(
        label=gettext_lazy("Purchase number (only to give it to a purchase)"),
        help_text=gettext_lazy("such as P261124-7K3M9QXA; it gets exactly what it asks for, the rest can be sent back"),
        max_length=60,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("What was found out and from whom, such as a call with the payer. It stays in the log."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": gettext_lazy("Please say why: the second officer reads it.")},
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == Kind.MATCH and not values.get("number"):
            self.add_error("number", _("Please enter the number of the purchase that gets the money."))
        return values


class ConfirmForm(OfficeForm):
    out_row_id = forms.CharField(
        label=gettext_lazy("The bank's own number of the movement"),
        help_text=gettext_lazy("of the money that has left"),
        max_length=80,
        required=False,
    )


@officers(R.FINANCE)
def bank_row(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    row = bank_rows(desk).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    form: OfficeForm | None = None
    if request.method == "POST":
        form = _form_of(request)
        if form.is_valid() and _act(request, desk, row, form):
            return redirect("office:bank_row", pk)
        row.refresh_from_db()
    decisions = list(_decisions(row))
    waiting = next((decision for decision in decisions if decision.state == D.PROPOSED), None)
    may_propose = row.state in UNDECIDED and waiting is None
    context = {
        "row": row,
        "left": left_of(row),
        "is_open": row.state in UNDECIDED,
        "decisions": decisions,
        "waiting": waiting,
        "is_mine": waiting is not None and waiting.proposed_by_id == desk.officer.pk,
        "form": form or (ProposalForm() if may_propose else ConfirmForm()),
        "may_propose": may_propose,
        "log": AuditEntry.objects.filter(subject_kind="bank_row", subject_id=row.bank_row_id[:60]).order_by("-pk")[:20],
    }
    return page(request, desk, "bank_row", context, active="transfers", status=422 if form is not None else 200)


def _decisions(row: BankStatementRow) -> QuerySet[TransferDecision]:
    return row.decisions.select_related("proposed_by", "decided_by", "payment__purchase").order_by("-pk")


def _form_of(request: HttpRequest) -> OfficeForm:
    return ConfirmForm(request.POST) if "decision" in request.POST else ProposalForm(request.POST)


def _act(request: HttpRequest, desk: Desk, row: BankStatementRow, form: OfficeForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        if isinstance(form, ProposalForm):
            return _propose(request, desk, row, form)
        _decide(request, desk, row, form)
    except NotFound:
        raise
    except MarketError as error:
        put_errors(form, error)
        return False
    return True


def _propose(request: HttpRequest, desk: Desk, row: BankStatementRow, form: ProposalForm) -> bool:
    values = form.cleaned_data
    if values["kind"] == Kind.MATCH:
        payment = _payment_of(desk, values["number"])
        if payment is None:
            form.add_error("number", _("No purchase of your area with this number waits for a bank transfer."))
            return False
        propose_match(row, payment, reason=values["reason"], by=desk.officer, now=desk.now)
    else:
        propose_return(row, reason=values["reason"], by=desk.officer, now=desk.now)
    messages.success(request, _("Proposed. Another finance officer confirms it."))
    return True


def _payment_of(desk: Desk, number: str) -> Payment | None:
    payment = transfers_named([number]).get(reference_key(number))
    return payments_in_reach(desk).filter(pk=payment.pk).first() if payment is not None else None


def _decide(request: HttpRequest, desk: Desk, row: BankStatementRow, form: OfficeForm) -> None:
    decision = chosen_row(_decisions(row), request.POST.get("decision", ""))
    if "withdraw" in request.POST:
        withdraw_decision(decision, by=desk.officer, now=desk.now)
        messages.success(request, _("The proposal is withdrawn; nothing was moved."))
    else:
        confirm_decision(decision, by=desk.officer, now=desk.now, out_row_id=form.cleaned_data["out_row_id"])
        messages.success(request, _("Confirmed and booked."))
