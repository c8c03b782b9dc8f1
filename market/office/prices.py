"""Market prices in the officer's reach: what waits, one report with what it was compared with, a new one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.price_forms import CorrectionForm, RejectionForm, ReportForm, places
from market.prices.actions.confirm_report import confirm_report
from market.prices.actions.correct_report import correct_report
from market.prices.actions.reject_report import reject_report
from market.prices.actions.report_price import report_price
from market.prices.models import PriceReport
from market.prices.queries import past_days, same_day
from market.prices.states import LIVE, MOVES, WAITING, ReportState

S = ReportState


def reports(desk: Desk, *roles: str) -> QuerySet[PriceReport]:
    rows = desk.of(PriceReport.objects.all(), *roles)
    return rows.select_related("place", "commodity", "entered_by")


@officers()
def prices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Without a filter what waits, oldest market day first; else newest first."""
    state = request.GET.get("state", "waiting")
    rows = reports(desk)
    if state in S.values:
        rows = rows.filter(state=state).order_by("-day", "-pk")
    elif state == "all":
        rows = rows.order_by("-day", "-pk")
    else:
        state, rows = "waiting", rows.filter(state__in=WAITING).order_by("day", "pk")
    context = paged(request, rows) | {"state": state, "states": S.choices, "waiting": True}
    context["may_report"] = places(desk).exists()
    return page(request, desk, "prices", context, active="prices")


@officers(R.REVIEWER)
def price_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = ReportForm(request.POST or None, desk=desk, initial={"day": localdate(desk.now).isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            done = report_price(form.entry(), by=desk.officer, now=desk.now, is_draft="draft" in request.POST)
        except MarketError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("Reported: %(state)s.") % {"state": done.get_state_display()})
            return redirect("office:price", done.pk)
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "price_new", {"form": form}, active="prices", status=status)


@officers()
def price(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found = reports(desk).filter(pk=pk).select_related("place__unit", "decided_by", "supersedes", "correction").first()
    if found is None:
        raise NotFound()
    is_mine = reports(desk, R.REVIEWER).filter(pk=pk).exists()
    if request.method == "POST" and not is_mine:
        raise NotFound()
    rejection = RejectionForm(request.POST if "reject" in request.POST else None, prefix="reject")
    correction = CorrectionForm(
        request.POST if "correct" in request.POST else None, prefix="correct", initial=CorrectionForm.values_of(found)
    )
    refusal = ""
    if request.method == "POST":
        form = correction if "correct" in request.POST else rejection if "reject" in request.POST else None
        try:
            if form is None or form.is_valid():
                done = _act(desk, found, form)
                messages.success(request, _("Decided: %(state)s.") % {"state": done.get_state_display()})
                return redirect("office:price", done.pk)
        except MarketError as error:
            if form is None:
                refusal = error.message
            else:
                put_errors(form, error)
    context = _beside(desk, found, is_mine) | {"rejection": rejection, "correction": correction, "refusal": refusal}
    return page(request, desk, "price", context, active="prices", status=422 if request.method == "POST" else 200)


def _act(desk: Desk, found: PriceReport, form: CorrectionForm | RejectionForm | None) -> PriceReport:
    if isinstance(form, CorrectionForm):
        reason = form.cleaned_data["reason"]
        return correct_report(found, form.told(), reason=reason, by=desk.officer, now=desk.now)
    if form is not None:
        return reject_report(found, reason=form.cleaned_data["reason"], by=desk.officer, now=desk.now)
    return confirm_report(found, by=desk.officer, now=desk.now)


def _beside(desk: Desk, found: PriceReport, is_mine: bool) -> dict[str, Any]:
    can_confirm = S.ACCEPTED in MOVES[found.state]
    is_own = found.state == S.HELD and found.entered_by_id == desk.officer.pk
    return {
        "report": found,
        "past": past_days(found),
        "others": same_day(found),
        "is_own": is_own,
        "may_confirm": is_mine and can_confirm and not is_own,
        "may_change": is_mine and found.state in LIVE,
        "log": AuditEntry.objects.filter(subject_kind="price_report", subject_id=str(found.pk)).order_by("-pk")[:20],
    }
