"""Buyers' reviews of sellers in the officer's reach: hide one that breaks the rules, show it again."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from orders.reviews.actions.decide_review import hide_review, restore_review
from orders.reviews.models import Review

S = Review.State


class HideForm(OfficeForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The writer reads it: which words break which rule. A bad opinion alone breaks none."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


@officers()
def reviews(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Newest first; without a filter all but withdrawn ones."""
    state = request.GET.get("state", "")
    rows = desk.of(Review.objects.all()).select_related("enterprise__unit", "product")
    rows = rows.filter(state=state) if state in S.values else rows.exclude(state=S.WITHDRAWN)
    context = paged(request, rows.order_by("-pk")) | {"state": state, "states": S.choices}
    return page(request, desk, "reviews", context, active="reviews")


@officers()
def review(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    rows = desk.of(Review.objects.all()).select_related("enterprise__unit", "product", "seller_order", "decided_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    is_reviewer = desk.of(Review.objects.all(), R.REVIEWER).filter(pk=pk).exists()
    if request.method == "POST" and not is_reviewer:
        raise NotFound()
    form = HideForm(request.POST or None)
    if request.method == "POST" and _decide(request, desk, found, form):
        return redirect("office:reviews")
    is_own = found.writer_id == desk.officer.pk or found.enterprise.members.filter(user=desk.officer).exists()
    context = {
        "review": found,
        "form": form,
        "is_own": is_own,
        "may_decide": is_reviewer and not is_own and found.state != S.WITHDRAWN,
    }
    return page(request, desk, "review", context, active="reviews", status=422 if form.errors else 200)


def _decide(request: HttpRequest, desk: Desk, found: Review, form: HideForm) -> bool:
    """False when it was refused; the form then says why."""
    try:
        if "restore" in request.POST:
            done = restore_review(found, by=desk.officer, now=desk.now)
        elif form.is_valid():
            done = hide_review(found, reason=form.cleaned_data["reason"], by=desk.officer, now=desk.now)
        else:
            return False
    except MarketError as error:
        form.is_valid()
        put_errors(form, error)
        return False
    messages.success(request, gettext("Decided: %(state)s.") % {"state": done.get_state_display()})
    return True
