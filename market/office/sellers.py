"""Enterprises in the officer's subtree: applications, sellers, one file with its decision."""

from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.languages import active_language
from market.common.pages import put_errors
from market.common.phones import format_phone
from market.enterprises.actions.admission import decide_admission
from market.enterprises.checks import check_application
from market.enterprises.items import ITEMS, changed_items, remarks_of
from market.enterprises.models import AdmissionEvent, Enterprise
from market.enterprises.queries import reachable, reviews
from market.enterprises.states import WAITING
from market.office.desk import Desk, officers, page, paged, units_to_choose
from market.office.forms import DecisionForm

S = Enterprise.State
APPLYING = (S.SUBMITTED, S.UNDER_REVIEW, S.RETURNED, S.REJECTED, S.DRAFT)
SELLING = (S.APPROVED, S.SUSPENDED)


@officers()
def admissions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whoever waits longest first; without a filter only what waits for a decision."""
    state = request.GET.get("state", "waiting")
    rows = _filtered(request, desk).filter(state__in=WAITING if state == "waiting" else _chosen(state, APPLYING))
    rows = rows.annotate(moment=F("submitted_at"))
    context = _filters(request, desk, state, APPLYING) | paged(request, rows.order_by("submitted_at", "pk"))
    return page(request, desk, "admissions", context, active="admissions")


@officers()
def sellers(request: HttpRequest, desk: Desk) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = _filtered(request, desk).filter(state__in=_chosen(state, SELLING)).annotate(moment=F("decided_at"))
    context = _filters(request, desk, state, SELLING) | paged(request, rows.order_by("unit__path", "name_zh"))
    return page(request, desk, "sellers", context, active="sellers")


def _filtered(request: HttpRequest, desk: Desk) -> QuerySet[Enterprise]:
    """By unit (with everything below it) and by words of name, number or credit code."""
    rows = desk.of(Enterprise.objects.all()).select_related("unit")
    unit, words = request.GET.get("unit", ""), request.GET.get("q", "").strip()[:60]
    if unit:
        rows = rows.filter(unit__path__contains=f"/{unit[:20]}/")
    if words:
        named = Q(name_zh__icontains=words) | Q(name_en__icontains=words) | Q(name_ru__icontains=words)
        rows = rows.filter(named | Q(number__iexact=words) | Q(credit_code__iexact=words))
    return rows


def _chosen(state: str, allowed: tuple[S, ...]) -> list[str]:
    return [state] if state in allowed else list(allowed)


def _filters(request: HttpRequest, desk: Desk, state: str, states: tuple[S, ...]) -> dict[str, Any]:
    return {
        "states": [(value, value.label) for value in states],
        "state": state,
        "units": units_to_choose(desk),
        "unit": request.GET.get("unit", ""),
        "words": request.GET.get("q", "")[:60],
    }


@officers()
def seller(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    enterprise = reachable(desk.officer, number, desk.now)
    is_reviewer = reviews(desk.officer, enterprise, desk.now)
    if request.method == "POST" and not is_reviewer:
        raise NotFound()
    is_own = enterprise.members.filter(user=desk.officer).exists()
    may_decide = is_reviewer and not is_own
    form = DecisionForm(request.POST or None, state=enterprise.state)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _decide(request, desk, enterprise, form):
            return redirect("office:seller", number)
        status = 422
    context = _file(enterprise) | {
        "enterprise": enterprise,
        "form": form if may_decide and form.fields["to"].choices else None,  # type: ignore[attr-defined]
        "is_own": is_own,
    }
    return page(request, desk, "seller", context, active=_place(enterprise), status=status)


def _place(enterprise: Enterprise) -> str:
    return "sellers" if enterprise.state in SELLING else "admissions"


def _decide(request: HttpRequest, desk: Desk, enterprise: Enterprise, form: DecisionForm) -> bool:
    """False when it was refused; the form or a message then says why."""
    values = form.cleaned_data
    items = form.items_given if values["to"] == S.RETURNED else {}
    try:
        decide_admission(enterprise, values["to"], by=desk.officer, reason=values["reason"], items=items, now=desk.now)
    except MarketError as error:
        put_errors(form, error)
        return False
    messages.success(request, _("Decided: %(state)s.") % {"state": enterprise.get_state_display()})
    return True


def _file(enterprise: Enterprise) -> dict[str, Any]:
    events = list(enterprise.admission_events.select_related("by"))
    changed = changed_items([event for event in events if event.to_state == S.SUBMITTED])
    asked = next((event for event in reversed(events) if event.to_state == S.RETURNED), None)
    remarks = {remark.item: remark.reason for remark in remarks_of(asked)} if asked else {}
    labels = dict(S.choices)
    log = AuditEntry.objects.filter(subject_kind="enterprise", subject_id=enterprise.number)
    return {
        "items": [
            (str(label), _shown(enterprise, name), name in changed, remarks.get(name, ""))
            for name, label in ITEMS.items()
        ],
        "checks": check_application(enterprise),
        "events": [_event(event, labels) for event in reversed(events)],
        "log": log.order_by("-pk")[:20],
        "counts": {"products": enterprise.products.count(), "orders": enterprise.seller_orders.count()},
    }


def _shown(enterprise: Enterprise, name: str) -> str:
    """Of an account number the end is enough to compare it with the bank's letter."""
    value = str(getattr(enterprise, name))
    if name == "contact_phone":
        return format_phone(value, active_language())
    return f"…{value[-4:]}" if name == "bank_account" and value else value


def _event(event: AdmissionEvent, labels: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": event.at,
        "by": event.by,
        "to": event.to_state,
        "words": labels.get(event.to_state, event.to_state),
        "reason": event.reason,
        "remarks": remarks_of(event),
    }
