"""Recalls in the officer's reach: how far each is, who is silent, reminding and closing."""

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from orders.recalls.actions.follow_recall import close_recall, remind_buyers
from orders.recalls.actions.open_recall import MOST
from orders.recalls.models import Recall
from orders.recalls.queries import account_of, notices_of, one_of, what_lies, whole_recalls


class CloseForm(OfficeForm):
    outcome = forms.CharField(
        label=_("How it ended"),
        help_text=_("What came back, what was destroyed, what the seller has changed. Everybody reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST,
    )


@officers()
def recalls(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open ones first, the newest on top."""
    rows = desk.of(whole_recalls()).order_by(F("closed_at").desc(nulls_first=True), "-opened_at")
    return page(request, desk, "recalls", paged(request, rows), active="recalls")


@officers()
def recall(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    found = one_of(desk.of(whole_recalls()), number)
    is_reviewer = desk.of(Recall.objects.all(), R.REVIEWER).filter(pk=found.pk).exists()
    if request.method == "POST" and not is_reviewer:
        raise NotFound()
    form = CloseForm(request.POST if "close" in request.POST else None)
    if request.method == "POST" and _act(request, desk, found, form):
        return redirect("office:recall", number)
    is_own = found.enterprise.members.filter(user=desk.officer).exists()
    context = paged(request, notices_of(found)) | {
        "recall": found,
        "further": found.further.select_related("lot").order_by("pk"),
        "account": account_of(found),
        "lying": what_lies(found.lot),
        "form": form,
        "may_act": is_reviewer and found.is_open,
        "may_close": is_reviewer and found.is_open and not is_own,
    }
    return page(request, desk, "recall", context, active="recalls", status=422 if form.errors else 200)


def _act(request: HttpRequest, desk: Desk, found: Recall, form: CloseForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        if "remind" in request.POST:
            count = remind_buyers(found, by=desk.officer, now=desk.now)
            messages.success(request, gettext("Told again: %(count)s.") % {"count": count})
        elif form.is_valid():
            close_recall(found, outcome=form.cleaned_data["outcome"], by=desk.officer, now=desk.now)
            messages.success(request, gettext("The recall is closed; the lot stays recalled."))
        else:
            return False
    except MarketError as error:
        if not form.is_bound:
            messages.error(request, str(error.message))
            return True
        put_errors(form, error)
        return False
    return True
