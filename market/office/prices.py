"""Market prices in the officer's reach: what waits, one report with what it was compared with, a new one."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
CHOSEN_MOST: Final = 100


def reports(desk: Desk, *roles: str) -> QuerySet[PriceReport]:
    rows = desk.of(PriceReport.objects.all(), *roles)
    return rows.select_related("place", "commodity", "entered_by")


@officers()
def prices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Without a filter what waits, oldest market day first; else newest first. Held ones may be confirmed together."""
    if request.method == "POST":
        _confirm_chosen(request, desk)
        return redirect(f"{request.path}?{request.GET.urlencode()}")
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
    context["confirmable"] = _confirmable(desk, [row.pk for row in context["rows"] if row.state == S.HELD])
    return page(request, desk, "prices", context, active="prices")


def _confirmable(desk: Desk, keys: Sequence[int]) -> set[int]:
    """Those that this officer may confirm: in reach as a reviewer, entered by somebody else."""
    if not keys:
        return set()
    rows = reports(desk, R.REVIEWER).filter(pk__in=keys, state=S.HELD).exclude(entered_by=desk.officer)
    return set(rows.values_list("pk", flat=True))


def _confirm_chosen(request: HttpRequest, desk: Desk) -> None:
    """Each by itself, so that one refusal leaves the others. One that was accepted along with another counts, too."""
    keys = [int(key) for key in request.POST.getlist("report")[:CHOSEN_MOST] if key.isdecimal() and len(key) < 18]
    done, refusals = 0, Counter[str]()
    for found in reports(desk, R.REVIEWER).filter(pk__in=keys).order_by("day", "pk"):
        try:
            done += confirm_report(found, by=desk.officer, now=desk.now).state == S.ACCEPTED
        except MarketError as error:
            if PriceReport.objects.filter(pk=found.pk, state=S.ACCEPTED).exists():
                done += 1
            else:
                refusals[error.message] += 1
    if not keys:
        messages.info(request, _("Choose the prices that are right."))
    if done:
        text = ngettext("%(n)s price has been confirmed.", "%(n)s prices have been confirmed.", done)
        messages.success(request, text % {"n": done})
    for why, count in refusals.items():
        text = ngettext("%(n)s price was not confirmed: %(why)s", "%(n)s prices were not confirmed: %(why)s", count)
        messages.error(request, text % {"n": count, "why": why})


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
        if form is None and "confirm" not in request.POST:
            return redirect("office:price", found.pk)
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
