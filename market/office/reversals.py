"""Money that providers took back without us: what waits, and for what it was."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.forms import NumberField, PlainTextField
from market.common.languages import active_language
from market.common.money import exponent, format_amount
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from orders.actions.decide_reversal import Left, Shares, decide_reversal, failed_refunds, lines_left
from orders.payments.models import Reversal
from orders.payments.queries import reversals_waiting

ZERO = Decimal(0)
WAITING = "waiting"


class ReversalForm(OfficeForm):
    """An amount for each line it can be for, what the market bears, or a refund of ours that it makes good."""

    repaid = forms.ChoiceField(
        label=_("Or all of it is a refund of ours that had failed"),
        required=False,
        choices=(),
        widget=forms.RadioSelect,
    )
    reason = PlainTextField(
        label=_("Reason"),
        help_text=_("What was found out and from whom, such as a call with the payer. It stays in the log."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )

    def __init__(self, reversal: Reversal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines_left(reversal)
        for one in self.lines:
            self.fields[_name(one)] = self._amount(reversal, one)
        self.fields["borne"] = NumberField(
            label=_("The market bears"),
            help_text=_("Booked as our own loss."),
            required=False,
            places=exponent(reversal.currency),
            least=ZERO,
            most=reversal.amount,
        )
        refunds = failed_refunds(reversal)
        if refunds:
            choice = self.fields["repaid"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = [("", gettext("no")), *((refund.pk, refund.key) for refund in refunds)]
        else:
            del self.fields["repaid"]
        self.order_fields([*map(_name, self.lines), "borne", "repaid", "reason"])

    def _amount(self, reversal: Reversal, one: Left) -> NumberField:
        order = one.line.seller_order
        most = format_amount(one.amount, reversal.currency, active_language())
        return NumberField(
            label=f"{one.line.product_name} · {one.line.sku}",
            help_text=gettext("Order %(order)s, %(seller)s: at most %(most)s")
            % {"order": order.number, "seller": order.enterprise.name_in(active_language()), "most": most},
            required=False,
            places=exponent(reversal.currency),
            least=ZERO,
            most=one.amount,
        )

    @property
    def shares(self) -> Shares:
        values = self.cleaned_data
        amounts: Mapping[int, Decimal] = {one.line.pk: values[_name(one)] or ZERO for one in self.lines}
        repaid = values.get("repaid")
        return Shares(amounts, values["borne"] or ZERO, int(repaid) if repaid else None)


def _name(one: Left) -> str:
    return f"line-{one.line.pk}"


@officers(R.FINANCE)
def reversals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those that wait, whoever waits longest on top; or all, the newest first."""
    _check(desk)
    state = WAITING if request.GET.get("state", WAITING) == WAITING else "all"
    rows = reversals_waiting().order_by("happened_at", "pk") if state == WAITING else Reversal.objects.order_by("-pk")
    context = paged(request, rows.select_related("payment__purchase")) | {"state": state}
    return page(request, desk, "reversals", context, active="reversals")


@officers(R.FINANCE)
def reversal(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One of them, with the form that decides it."""
    _check(desk)
    row = Reversal.objects.select_related("payment__purchase", "decided_by", "repaid").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    form = ReversalForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid() and _decide(request, desk, row, form):
        return redirect("office:reversal", pk)
    context = {
        "row": row,
        "form": form,
        "lines": row.lines.select_related("order_line__seller_order").order_by("pk"),
        "log": AuditEntry.objects.filter(subject_kind="reversal", subject_id=str(pk)).order_by("-pk")[:10],
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "reversal", context, active="reversals", status=status)


def _check(desk: Desk) -> None:
    """It may touch sellers of all regiments: for finance officers at the top."""
    if not desk.pays:
        raise NotFound()


def _decide(request: HttpRequest, desk: Desk, row: Reversal, form: ReversalForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        decide_reversal(row, form.shares, reason=form.cleaned_data["reason"], by=desk.officer, now=desk.now)
    except MarketError as error:
        put_errors(form, error)
        return False
    messages.success(request, gettext("Decided and booked."))
    return True
