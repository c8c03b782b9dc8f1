"""Accounts sellers want their money on: compared with the bank's letter, then taken into use or refused."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.enterprises.actions.payout_account import DECISIONS, MOVES, decide_payout_account
from market.enterprises.models import PayoutAccount
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm

S = PayoutAccount.State
ACTS = {
    S.ACTIVE: _("Take it into use: the firm's money may go there"),
    S.RESTRICTED: _("Hold the money: the firm sells, nothing is paid out"),
    S.REJECTED: _("Refuse it: the firm has to enter another"),
}


class AccountDecisionForm(OfficeForm):
    to = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect, choices=())
    number = forms.CharField(
        label=_("Account number, typed from the bank's letter"),
        help_text=_("Needed to take it into use. It is compared with what the firm has entered."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "The enterprise reads it. Needed to hold or refuse, to release money that was held, and when the holder is "
            "not the registered name."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )

    def __init__(self, *args: object, state: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(to, ACTS[to]) for to in DECISIONS if to in MOVES.get(state, ())]


@officers(R.FINANCE)
def payout_accounts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whoever waits longest first; without a filter only what waits."""
    state = request.GET.get("state", S.PENDING)
    rows = desk.of(PayoutAccount.objects.all(), R.FINANCE).select_related("enterprise__unit")
    if state in S.values:
        rows = rows.filter(state=state)
    context = paged(request, rows.order_by("entered_at", "pk")) | {"state": state, "states": S.choices}
    return page(request, desk, "payout_accounts", context, active="payout_accounts")


@officers(R.FINANCE)
def payout_account(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    rows = desk.of(PayoutAccount.objects.all(), R.FINANCE)
    row = rows.select_related("enterprise__unit", "entered_by", "decided_by").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    form = AccountDecisionForm(request.POST or None, state=row.state)
    if request.method == "POST" and form.is_valid() and _decide(request, desk, row, form):
        return redirect("office:payout_accounts")
    is_own = row.enterprise.members.filter(user=desk.officer).exists()
    can_move = bool(form.fields["to"].choices)  # type: ignore[attr-defined]
    log = AuditEntry.objects.filter(subject_kind="enterprise", subject_id=row.enterprise.number)
    context = {
        "row": row,
        "form": form if can_move and not is_own else None,
        "is_own": is_own,
        "log": log.filter(action__startswith="payout_account.").order_by("-pk")[:20],
    }
    status = 422 if form.is_bound else 200
    return page(request, desk, "payout_account", context, active="payout_accounts", status=status)


def _decide(request: HttpRequest, desk: Desk, row: PayoutAccount, form: AccountDecisionForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        decided = decide_payout_account(row, by=desk.officer, now=desk.now, **form.cleaned_data)
    except MarketError as error:
        put_errors(form, error)
        return False
    messages.success(request, gettext("Decided: %(state)s.") % {"state": decided.get_state_display()})
    return True
