"""One application of the enterprise: task list, sections, papers, check, hand-in, where it is, withdrawal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.dates import format_day
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.languages import active_language, listed
from market.common.pages import put_errors, tell_refusal
from market.common.private_files import private_file
from market.enterprises.roles import Right
from market.portal.forms.service import AnswersForm, DeclarationForm, PaperForm
from market.portal.seat import Seat, sent, show, staff
from market.public_services.actions.fill_in import open_fields, put_paper, remove_paper, save_section
from market.public_services.actions.hand_in import hand_in, missing_of, withdraw
from market.public_services.answers import missing_in
from market.public_services.case_file import asked_last, desks_so_far, happened_to, parts_of
from market.public_services.models import PAPER, Application
from market.public_services.papers import PaperState, paper_states
from market.public_services.queries import open_step
from market.public_services.schema import Section
from market.public_services.sentence import where_it_is
from market.public_services.states import MOVES, State

STATES = {
    "not_started": gettext_lazy("not started"),
    "in_progress": gettext_lazy("in progress"),
    "complete": gettext_lazy("complete"),
    "to_correct": gettext_lazy("to correct"),
    "as_it_was": gettext_lazy("stays as it was"),
}
TONES = {
    "not_started": "draft",
    "in_progress": "submitted",
    "complete": "approved",
    "to_correct": "returned",
    "as_it_was": "off",
}


def _mine(seat: Seat, number: str) -> Application:
    found = Application.objects.for_enterprise(seat.enterprise.pk).whole().filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


@staff()
def application(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Being filled in: the task list. Else where it is, and the whole of it, to read and to print."""
    found, now = _mine(seat, number), read_clock()
    step = open_step(found)
    context: dict[str, Any] = {
        "case": found,
        "sentence": where_it_is(found, step, now),
        "can_withdraw": State.WITHDRAWN in MOVES[found.state] and seat.may(Right.ENTERPRISE),
    }
    if found.is_editable:
        papers = paper_states(found, localdate(now))
        asked = asked_last(found) if found.state == State.RETURNED else {}
        names = found.version.target_names
        context |= {
            "tasks": [_task(found, section, asked) for section in found.version.sections],
            "paper_task": _paper_task(papers, asked) if papers else None,
            "asked": [(names.get(target, target), what) for target, what in asked.items()],
            "missing": list(missing_of(found, now).values()),
        }
        return show(request, seat, "application_tasks", found.version.item.name, context)
    return show(request, seat, "application", found.version.item.name, context | _whole(found, now))


def _whole(found: Application, now: Any) -> dict[str, Any]:
    return {
        "parts": parts_of(found),
        "papers": paper_states(found, localdate(now)),
        "desks": desks_so_far(found),
        "happened": happened_to(found),
        "questions": [(one.question, found.eligibility.get(one.code) == "yes") for one in found.version.questions],
    }


def _task(found: Application, section: Section, asked: dict[str, str]) -> dict[str, Any]:
    names = [field.name for field in section.fields]
    filled = [name for name in names if found.answers.get(name)]
    state = "in_progress" if filled else "not_started"
    if found.state == State.RETURNED:
        state = "to_correct" if set(names) & set(asked) else "as_it_was"
    elif not missing_in(section, found.answers):
        state = "complete"
    return {"code": section.code, "title": str(section.title), "tone": TONES[state], "words": STATES[state]}


def _paper_task(papers: list[PaperState], asked: dict[str, str]) -> dict[str, Any]:
    state = "complete"
    if any(target.startswith(PAPER) for target in asked):
        state = "to_correct"
    elif any(one.is_missing for one in papers):
        state = "in_progress" if any(one.paper for one in papers) else "not_started"
    return {"tone": TONES[state], "words": STATES[state]}


@staff(only=Right.ENTERPRISE)
def section(request: HttpRequest, seat: Seat, number: str, code: str) -> HttpResponse:
    found = _mine(seat, number)
    section = next((one for one in found.version.sections if one.code == code), None)
    if section is None or not found.is_editable:
        raise NotFound()
    names = open_fields(found, section)
    form = AnswersForm([one for one in section.fields if one.name in names], found.answers, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            save_section(found, code, form.values(), by=seat.person, now=read_clock())
            messages.success(request, _("Saved."))
            return redirect("services:application", number)
        except MarketError as error:
            put_errors(form, error)
    parts = [part for part in parts_of(found) if part.code == code]
    context = {
        "case": found,
        "form": form,
        "closed": [line for part in parts for line in part.lines if line.name not in names],
        "asked": [line for part in parts for line in part.lines if line.name in names and line.asked],
        "is_open": bool(names),
    }
    return show(request, seat, "application_section", str(section.title), context)


@staff(only=Right.ENTERPRISE)
def papers(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    found = _mine(seat, number)
    if not found.is_editable:
        raise NotFound()
    asked = asked_last(found)
    rows = [(one, asked.get(PAPER + one.material.code, "")) for one in paper_states(found, localdate(read_clock()))]
    return show(request, seat, "application_papers", _("Papers"), {"case": found, "rows": rows})


@staff(only=Right.ENTERPRISE)
def paper(request: HttpRequest, seat: Seat, number: str, code: str) -> HttpResponse:
    """Put one, or take it away."""
    found, now = _mine(seat, number), read_clock()
    material = next((one for one in found.version.papers if one.code == code), None)
    if material is None or not found.is_editable:
        raise NotFound()
    if request.method == "POST" and "remove" in request.POST:
        try:
            remove_paper(found, code, by=seat.person, now=now)
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("services:papers", number)
    form = PaperForm(sent(request), request.FILES)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            put_paper(found, code, values["file"], valid_to=values["valid_to"], by=seat.person, now=now)
            messages.success(request, _("Saved."))
            return redirect("services:papers", number)
        except MarketError as error:
            put_errors(form, error)
    context = {"case": found, "form": form, "material": material}
    return show(request, seat, "application_paper", str(material.label), context)


@staff()
def paper_file(request: HttpRequest, seat: Seat, number: str, paper_id: int) -> HttpResponse:
    del request
    found = _mine(seat, number).paper_rows.filter(pk=paper_id).exclude(file="").first()
    if found is None:
        raise NotFound()
    return private_file(found.file, found.content_type)


@staff(only=Right.ENTERPRISE)
def check(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """All answers once more, the declaration, the hand-in."""
    found, now = _mine(seat, number), read_clock()
    if not found.is_editable:
        return redirect("services:application", number)
    form = DeclarationForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            done = hand_in(found, is_declared=True, by=seat.person, now=now)
            messages.success(request, _confirmation(done))
            return redirect("services:application", done.number)
        except InvalidInput:
            missing = listed(missing_of(found, now).values())
            form.add_error(None, _("Still missing: %(names)s.") % {"names": missing})
        except MarketError as error:
            put_errors(form, error)
    context = {"case": found, "form": form, "missing": list(missing_of(found, now).values())}
    return show(request, seat, "application_check", _("Check your answers"), context | _whole(found, now))


def _confirmation(done: Application) -> str:
    step = open_step(done)
    office = step.unit.name if step and step.unit else done.version.item.unit.name
    day = format_day(done.due_day, active_language()) if done.due_day else ""
    return _(
        "Handed in. Your number is %(number)s. %(office)s says by %(day)s whether it is complete; "
        "you are told of every step."
    ) % {"number": done.number, "office": office, "day": day}


@staff(only=Right.ENTERPRISE)
def take_back(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Its own page: what is lost is said before."""
    found = _mine(seat, number)
    if request.method == "POST":
        try:
            withdraw(found, by=seat.person, now=read_clock())
            messages.success(request, _("Withdrawn."))
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("services:application", number)
    if State.WITHDRAWN not in MOVES[found.state]:
        return redirect("services:application", number)
    return show(request, seat, "application_withdraw", _("Withdraw the application"), {"case": found})
