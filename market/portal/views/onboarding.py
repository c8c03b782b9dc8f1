"""Registration, the firm's data section by section, the hand-in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.languages import active_language, listed
from market.common.pages import put_errors, signed_in, tell_refusal
from market.common.phones import format_phone
from market.enterprises.actions.admission import register_enterprise, submit_admission
from market.enterprises.actions.edit_details import edit_details
from market.enterprises.items import ITEMS, Remark, remarks_of
from market.enterprises.models import AdmissionEvent, Enterprise
from market.enterprises.roles import Right
from market.enterprises.sections import SECTIONS, missing_for_admission, progress_of
from market.enterprises.states import EDITABLE
from market.portal.forms.enterprise import LABELS, RegisterForm, SectionForm
from market.portal.seat import Seat, person_of, seat_of, show, staff

TITLES = {
    "company": gettext_lazy("Name and address"),
    "contact": gettext_lazy("Contact"),
    "bank": gettext_lazy("Bank account"),
    "about": gettext_lazy("About the firm"),
}
STATES = {
    "not_started": gettext_lazy("not started"),
    "in_progress": gettext_lazy("in progress"),
    "complete": gettext_lazy("complete"),
    "to_correct": gettext_lazy("to correct"),
}
TONES = {"not_started": "draft", "in_progress": "submitted", "complete": "approved", "to_correct": "returned"}


def _last_event(enterprise: Enterprise) -> AdmissionEvent | None:
    return enterprise.admission_events.order_by("-pk").first()


def _remarks(enterprise: Enterprise, last: AdmissionEvent | None) -> list[Remark]:
    """What the officer wants corrected, while the firm has it back."""
    return remarks_of(last) if last is not None and enterprise.state == Enterprise.State.RETURNED else []


@signed_in
def onboarding(request: HttpRequest) -> HttpResponse:
    """The task list; without an enterprise, the registration."""
    seat = seat_of(request)
    if seat is None:
        return _register(request)
    last = _last_event(seat.enterprise)
    rows = [
        {
            "code": row.section.code,
            "title": TITLES[row.section.code],
            "state": TONES[row.state],
            "words": STATES[row.state],
            "missing": [LABELS[name] for name in row.missing],
            "editable": row.editable,
        }
        for row in progress_of(seat.enterprise, last)
    ]
    context = {
        "rows": rows,
        "done": sum(row["words"] == STATES["complete"] for row in rows),
        "last": last,
        "remarks": _remarks(seat.enterprise, last),
        "can_hand_in": seat.enterprise.state in EDITABLE,
        "missing": missing_for_admission(seat.enterprise),
    }
    return show(request, seat, "onboarding", _("Enterprise data"), context)


def _register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            register_enterprise(by=person_of(request), now=read_clock(), **form.cleaned_data)
            return redirect("portal:onboarding")
        except InvalidInput as error:
            put_errors(form, error)
    context = {"form": form, "title": _("Register your enterprise")}
    return render(request, "portal/register.html", context, status=422 if form.errors else 200)


@staff(Right.ENTERPRISE)
def section(request: HttpRequest, seat: Seat, code: str) -> HttpResponse:
    """One section: saved by itself, complete or not; the officer's words stand above it."""
    if code not in SECTIONS:
        raise NotFound()
    enterprise = seat.enterprise
    form = SectionForm(code, enterprise, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            edit_details(enterprise, code, form.cleaned_data, by=seat.person, now=read_clock())
            messages.success(request, _("Saved."))
            return redirect("portal:onboarding")
        except MarketError as error:
            put_errors(form, error)
    last = _last_event(enterprise)
    context = {
        "form": form,
        "last": last,
        "remarks": [row for row in _remarks(enterprise, last) if row.item in SECTIONS[code].fields],
        "editable": enterprise.state in SECTIONS[code].editable_in and seat.may(Right.ENTERPRISE),
        "rows": [(ITEMS.get(name, LABELS[name]), _told(enterprise, name)) for name in SECTIONS[code].fields],
        "code": code,
    }
    return show(request, seat, "section", str(TITLES[code]), context)


def _told(enterprise: Enterprise, name: str) -> str:
    value = str(getattr(enterprise, name))
    return format_phone(value, active_language()) if name == "contact_phone" else value


@staff(Right.ENTERPRISE)
def hand_in(request: HttpRequest, seat: Seat) -> HttpResponse:
    if request.method == "POST":
        try:
            submit_admission(seat.enterprise, by=seat.person, now=read_clock())
            messages.success(request, _("Handed in. An officer of your regiment decides."))
        except InvalidInput as error:
            names = [str(LABELS[name]) for name in dict(error.details["fields"])]
            messages.error(request, _("Still missing: %(names)s.") % {"names": listed(names)})
        except MarketError as error:
            tell_refusal(request, error)
    return redirect("portal:onboarding")
