"""Paying sellers: who can be paid and who cannot, pay runs, the bank file, what the bank did with each payout."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors, tell_refusal
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from market.office.queries import pay_runs
from orders.actions.confirm_payout import confirm_payout, return_payout
from orders.actions.pay_sellers import make_bank_file, mark_sent, payouts_in, run_payouts, sellers_to_pay
from orders.ledger.bank_file import write_bank_file
from orders.ledger.models import Payout, PayRun, Settlement
from orders.ledger.statement_lines import statement_of
from orders.ledger.states import MOVES

S = Settlement.State
CURRENCY = "CNY"  # the domestic rail; other currencies are enquiries without money


class ConfirmPayoutForm(OfficeForm):
    bank_row_id = forms.CharField(label=_("The bank's own number of the movement"), max_length=80)


class ReturnPayoutForm(OfficeForm):
    reason = forms.CharField(
        label=_("Reason, as the bank put it"),
        help_text=_("The enterprise reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )
    return_row_id = forms.CharField(
        label=_("The bank's number of the money that came back (optional)"), max_length=80, required=False
    )

    def __init__(self, *args: object, had_left: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if had_left:
            number = self.fields["return_row_id"]
            number.required, number.label = True, _("The bank's number of the money that came back")


def _top_only(desk: Desk) -> None:
    if not desk.pays:
        raise NotFound()


@officers(R.FINANCE)
def payouts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every seller with something available or owed, each with the reason why it is not paid; and the runs so far."""
    _top_only(desk)
    if request.method == "POST":
        try:
            run = run_payouts(CURRENCY, by=desk.officer, now=desk.now)
            return redirect("office:pay_run", run.number)
        except MarketError as error:
            tell_refusal(request, error)
            return redirect("office:payouts")
    sellers = sellers_to_pay(CURRENCY)
    ready = [seller for seller in sellers if not seller.reason]
    context = {
        "ready": ready,
        "total": sum(seller.amount for seller in ready),
        "waiting": [seller for seller in sellers if seller.reason],
        "currency": CURRENCY,
    }
    context |= paged(request, pay_runs().order_by("-pk"))
    return page(request, desk, "payouts", context, active="payouts")


def _run(desk: Desk, number: str) -> PayRun:
    _top_only(desk)
    run = pay_runs().filter(number=number).first()
    if run is None:
        raise NotFound()
    return run


@officers(R.FINANCE)
def pay_run(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    run = _run(desk, number)
    if request.method == "POST":
        try:
            mark_sent(run, by=desk.officer, now=desk.now)
            messages.success(request, gettext("Recorded: the bank has the file."))
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("office:pay_run", number)
    context = paged(request, payouts_in(run), size=100) | {"run": run}
    return page(request, desk, "pay_run", context, active="payouts")


@officers(R.FINANCE)
def bank_file(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Asked for by a button: the first time freezes what is in it, and each time stands in the log."""
    run = _run(desk, number)
    if request.method != "POST":
        return redirect("office:pay_run", number)
    content = write_bank_file(make_bank_file(run, by=desk.officer, now=desk.now))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{run.number}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@officers(R.FINANCE)
def payout(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One payout: what it is for, and two forms: it left, or it came back."""
    _top_only(desk)
    rows = Payout.objects.select_related("settlement__enterprise", "settlement__run", "account")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound()
    is_return = "return" in request.POST
    confirming = ConfirmPayoutForm(request.POST if request.method == "POST" and not is_return else None)
    returning = ReturnPayoutForm(request.POST if is_return else None, had_left=row.settlement.state == S.SENT)
    form = returning if is_return else confirming
    if request.method == "POST" and form.is_valid() and _record(request, desk, row, form):
        return redirect("office:payout", number)
    moves = MOVES.get(row.settlement.state, frozenset())
    context = {
        "row": row,
        "lines": statement_of(row.settlement),
        "form": form,
        "confirming": confirming if S.SENT in moves else None,
        "returning": returning if S.RETURNED in moves else None,
    }
    return page(request, desk, "payout", context, active="payouts", status=422 if form.is_bound else 200)


def _record(request: HttpRequest, desk: Desk, row: Payout, form: OfficeForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        if isinstance(form, ReturnPayoutForm):
            return_payout(row, by=desk.officer, now=desk.now, **form.cleaned_data)
            messages.success(request, gettext("Recorded: it came back. The account is held until it has been checked."))
        else:
            confirm_payout(row, by=desk.officer, now=desk.now, **form.cleaned_data)
            messages.success(request, gettext("Recorded: the payout has left."))
    except MarketError as error:
        put_errors(form, error)
        return False
    return True
