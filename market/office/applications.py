"""Applications for public services in the officer's reach: the queue, one case with its decision, its files."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from market.common.audit.models import AuditEntry
from market.common.csv_out import write_table
from market.common.errors import MarketError, NotFound
from market.common.pages import chosen_row, put_errors
from market.common.private_files import private_file
from market.enterprises.checks import check_application
from market.office.application_forms import (
    STATES,
    WHOSE,
    DoneForm,
    OpinionForm,
    PauseForm,
    RefusalForm,
    ReturnForm,
)
from market.office.desk import Desk, R, officers, page, paged, units_to_choose
from market.office.forms import OfficeForm
from market.public_services.actions.decide import accept, approve, fulfil, refuse, reject, return_case, uphold_objection
from market.public_services.actions.watch_clock import pause, resume
from market.public_services.case_file import desks_so_far, happened_to, parts_of
from market.public_services.errors import DecidedAlready, OwnEnterprise
from market.public_services.models import Application, ServiceItem, Step
from market.public_services.papers import paper_states
from market.public_services.queries import deciding_unit, mine, open_step, with_desk
from market.public_services.reach import may_decide
from market.public_services.sentence import next_step, where_it_is
from market.public_services.states import WAITING, Clock, State
from market.regions.models import OrgUnit

MOST_EXPORTED: Final = 2000


def cases(desk: Desk) -> QuerySet[Application]:
    """What has been handed in by enterprises of this officer's subtrees."""
    return desk.of(Application.objects.handed_in()).select_related("version__item__unit", "enterprise__unit")


def asked_for(request: HttpRequest, desk: Desk) -> QuerySet[Any]:
    """By whose turn it is, state, lateness and words; overdue on top, then what is due first."""
    rows = cases(desk)
    whose, state = request.GET.get("whose", "mine"), request.GET.get("state", "")
    if whose == "unit":
        units = [post.unit_id for post in desk.posts if post.role == R.REVIEWER]
        rows = rows.filter(steps__state=Step.State.OPEN, steps__unit__in=units)
    elif whose != "all":
        rows = rows.filter(mine(desk.officer, desk.now))
    if state == "waiting":
        rows = rows.filter(state__in=WAITING)
    elif state in State.values:
        rows = rows.filter(state=state)
    if service := request.GET.get("service", "").replace("\x00", ""):
        rows = rows.filter(version__item__slug=service[:60])
    if unit := request.GET.get("unit", "").replace("\x00", ""):
        rows = rows.filter(enterprise__unit__path__contains=f"/{unit[:20]}/")
    late = Q(clock=Clock.RUNNING, due_at__lt=desk.now)
    if request.GET.get("late"):
        rows = rows.filter(late)
    if words := request.GET.get("q", "").replace("\x00", "").strip()[:60]:
        named = Q(enterprise__name_zh__icontains=words) | Q(enterprise__name_en__icontains=words)
        rows = rows.filter(named | Q(number__icontains=words))
    ordered = rows.annotate(in_time=Case(When(late, then=Value(0)), default=Value(1)))
    return with_desk(ordered.order_by("in_time", F("due_at").asc(nulls_last=True), "pk"))


@officers()
def applications(request: HttpRequest, desk: Desk) -> HttpResponse:
    context = paged(request, asked_for(request, desk))
    context["rows"] = _placed(context["rows"], desk)
    offered = cases(desk).order_by().values("version__item")
    context |= {
        "services": [(item.slug, item.name) for item in ServiceItem.objects.filter(pk__in=offered)],
        "chosen_service": request.GET.get("service", ""),
        "units": units_to_choose(desk),
        "unit": request.GET.get("unit", ""),
        "whose": WHOSE,
        "chosen_whose": request.GET.get("whose", "mine"),
        "states": STATES,
        "state": request.GET.get("state", ""),
        "late": bool(request.GET.get("late")),
        "words": request.GET.get("q", "")[:60],
        "query": request.GET.urlencode(),
    }
    return page(request, desk, "applications", context, active="applications")


@officers()
def applications_csv(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same query, at most 2,000 rows."""
    headings = [_("Number"), _("Service"), _("Enterprise"), _("Credit code"), _("Organisation unit")]
    headings += [_("State"), _("At the desk of"), _("Handed in"), _("Due"), _("Sum, CNY")]
    rows = _placed(asked_for(request, desk)[:MOST_EXPORTED], desk)
    answer = HttpResponse(write_table(headings, map(_cells, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="applications_{localdate(desk.now)}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _placed(rows: Any, desk: Desk) -> list[dict[str, Any]]:
    """Each case with the unit that has it now and whether it is late."""
    found = list(rows)
    units = OrgUnit.objects.in_bulk({row.desk_unit for row in found if row.desk_unit})
    return [
        {
            "case": row,
            "unit": units.get(row.desk_unit),
            "since": row.desk_since or row.submitted_at,
            "days_late": (desk.now - row.due_at).days + 1 if row.is_overdue(desk.now) and row.due_at else 0,
            "is_soon": row.is_due_soon(desk.now),
        }
        for row in found
    ]


def _cells(row: Mapping[str, Any]) -> list[object]:
    case = row["case"]
    return [
        case.number,
        case.version.item.name,
        case.enterprise.name,
        case.enterprise.credit_code,
        case.enterprise.unit.name,
        case.get_state_display(),
        row["unit"].name if row["unit"] else "",
        localdate(case.submitted_at).isoformat(),
        case.due_day.isoformat() if case.due_day else "",
        case.amount if case.amount is not None else "",
    ]


def _case(desk: Desk, number: str) -> Application:
    found = cases(desk).filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


@officers()
def application(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    found = _case(desk, number)
    step = open_step(found)
    asked = request.POST.get("act", "")
    forms = {
        name: form(request.POST if asked in acts else None, auto_id=f"id_{name}_%s")
        for name, (form, acts) in _forms(found).items()
    }
    if request.method == "POST" and _act(request, desk, found, asked, forms):
        return redirect("office:application", number)
    unit = step.unit if step else deciding_unit(found)
    context = _shown(desk, found, step) | {
        "forms": forms,
        "step": step,
        "may_decide": may_decide(unit, found.enterprise, desk.officer, desk.now),
        "is_own": found.enterprise.members.filter(user=desk.officer).exists(),
    }
    return page(request, desk, "application", context, active="applications", status=422 if asked else 200)


@officers()
def application_file(request: HttpRequest, desk: Desk, number: str, paper_id: int) -> HttpResponse:
    del request
    paper = _case(desk, number).paper_rows.filter(pk=paper_id).exclude(file="").first()
    if paper is None:
        raise NotFound()
    return private_file(paper.file, paper.content_type)


def _forms(found: Application) -> dict[str, tuple[Callable[..., OfficeForm], tuple[str, ...]]]:
    """Each form with the acts that send it."""

    def to_return(data: Any, auto_id: str) -> ReturnForm:
        return ReturnForm(data, version=found.version, auto_id=auto_id)

    return {
        "yes": (OpinionForm, ("accept", "approve")),
        "back": (to_return, ("return",)),
        "no": (RefusalForm, ("refuse", "reject", "object")),
        "pause": (PauseForm, ("pause",)),
        "done": (DoneForm, ("fulfil",)),
    }


def _act(request: HttpRequest, desk: Desk, found: Application, asked: str, forms: Mapping[str, OfficeForm]) -> bool:
    """False when the form has to be looked at again; who comes too late is told by a message."""
    form = next((form for form in forms.values() if form.is_bound), None)
    if form is not None and not form.is_valid():
        return False
    try:
        done = _decide(request, desk, found, asked, form)
        messages.success(request, _("Recorded. Now: %(state)s.") % {"state": done.get_state_display()})
    except (DecidedAlready, OwnEnterprise) as error:
        messages.error(request, error.message)
    except NotFound:
        raise
    except MarketError as error:
        if form is None:
            messages.error(request, error.message)
            return True
        put_errors(form, error)
        return False
    return True


def _decide(request: HttpRequest, desk: Desk, found: Application, asked: str, form: OfficeForm | None) -> Application:
    who: dict[str, Any] = {"by": desk.officer, "now": desk.now}
    values = form.cleaned_data if form else {}
    if asked == "object":
        return uphold_objection(found, **values, **who)
    if asked == "fulfil":
        return fulfil(found, **values, **who)
    step = chosen_row(found.steps.select_related("unit", "application"), request.POST.get("step", ""))
    if isinstance(form, ReturnForm):
        return return_case(step, form.items, **who)
    acts: dict[str, Callable[..., Application]] = {
        "accept": accept,
        "approve": approve,
        "refuse": refuse,
        "reject": reject,
        "resume": resume,
    }
    if isinstance(form, PauseForm):
        return pause(step, values["why"], reason=values["reason"], **who)
    if asked not in acts:
        raise NotFound()
    return acts[asked](step, **values, **who)


def _shown(desk: Desk, found: Application, step: Step | None) -> dict[str, Any]:
    return {
        "case": found,
        "sentence": where_it_is(found, step, desk.now),
        "parts": parts_of(found),
        "papers": paper_states(found, localdate(desk.now)),
        "all_papers": found.paper_rows.filter(is_current=False),
        "desks": desks_so_far(found),
        "happened": happened_to(found),
        "next": next_step(found, step),
        "checks": check_application(found.enterprise),
        "questions": [(one.question, found.eligibility.get(one.code) == "yes") for one in found.version.questions],
        "log": AuditEntry.objects.filter(subject_kind="application", subject_id=found.number).order_by("-pk")[:20],
    }
