"""Pickup jobs: which partners fetch goods, their jobs, answers in a partner's place, the driver's load sheet. For the
compliance officers at the top, as partners are."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.forms import DayField, TimeField
from market.common.languages import EN, RU, ZH
from market.common.pages import put_errors
from market.office.desk import PARTNERS, Desk, officers, page, paged
from market.office.forms import OfficeForm
from orders.inbox.models import Endpoint
from orders.pickups.actions.answer_pickup import accept_pickup, counter_pickup, decline_pickup
from orders.pickups.actions.open_partner import open_partner
from orders.pickups.load import Window
from orders.pickups.load_sheet import MOST_STOPS, LoadSheet
from orders.pickups.load_sheet import load_sheet as sheet_of
from orders.pickups.load_sheet_csv import write_csv
from orders.pickups.models import PickupJob, PickupPartner
from orders.pickups.queries import TABS, find_job, partner_jobs, with_orders
from orders.pickups.states import MOVES, Side

TAB_TITLES = {
    "open": gettext_lazy("Waiting for an answer"),
    "accepted": gettext_lazy("Agreed"),
    "ended": gettext_lazy("Ended"),
}


LANGUAGE_NAMES = {ZH: "中文", EN: "English", RU: "Русский"}


class FetchesForm(OfficeForm):
    is_open = forms.BooleanField(label=gettext_lazy("Sellers can ask it to fetch goods"), required=False)
    contact = forms.CharField(
        label=gettext_lazy("Whom sellers call (optional)"),
        help_text=gettext_lazy("Name and phone number of the dispatcher"),
        max_length=120,
        required=False,
    )
    email = forms.EmailField(
        label=gettext_lazy("Mail address for jobs (optional)"),
        help_text=gettext_lazy("Told what sellers ask, withdraw and decide. Sellers do not see it."),
        required=False,
        error_messages={"invalid": gettext_lazy("Please enter a mail address such as dispatch@example.com.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mails"), choices=list(LANGUAGE_NAMES.items()), required=False
    )

    def clean_language(self) -> str:
        return str(self.cleaned_data["language"] or ZH)


class AcceptForm(OfficeForm):
    vehicle = forms.CharField(label=gettext_lazy("Number plate"), max_length=40)
    driver = forms.CharField(label=gettext_lazy("Driver"), max_length=80)
    driver_phone = forms.CharField(label=gettext_lazy("Driver's phone (optional)"), max_length=20, required=False)

    def answer(self, job: PickupJob, desk: Desk) -> None:
        accept_pickup(job, officer=desk.officer, now=desk.now, **self.cleaned_data)


class CounterForm(OfficeForm):
    day = DayField(label=gettext_lazy("Day"), help_text=gettext_lazy("such as 2026-11-24"))
    window_from = TimeField(label=gettext_lazy("From, Beijing time"), max_length=8)
    window_to = TimeField(label=gettext_lazy("Until"), max_length=8)
    counter_reason = forms.CharField(label=gettext_lazy("Reason (optional)"), max_length=400, required=False)

    def answer(self, job: PickupJob, desk: Desk) -> None:
        values = self.cleaned_data
        window = Window.on(values["day"], values["window_from"], values["day"], values["window_to"])
        counter_pickup(job, window, reason=values["counter_reason"], officer=desk.officer, now=desk.now)


class DeclineForm(OfficeForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("The seller reads it."), max_length=400
    )

    def answer(self, job: PickupJob, desk: Desk) -> None:
        decline_pickup(job, reason=self.cleaned_data["reason"], officer=desk.officer, now=desk.now)


S = PickupJob.State
ANSWERS: dict[str, type[AcceptForm] | type[CounterForm] | type[DeclineForm]] = {
    S.ACCEPTED: AcceptForm,
    S.COUNTERED: CounterForm,
    S.DECLINED: DeclineForm,
}


@officers(*PARTNERS)
def partner_pickups(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    """Whether the partner fetches goods, and its jobs; chosen ones lead to a load sheet."""
    endpoint = _endpoint(desk, endpoint_id)
    partner = PickupPartner.objects.select_related("endpoint").filter(endpoint=endpoint).first()
    started = {name: getattr(partner, name) for name in FetchesForm.base_fields} if partner else {}
    form = FetchesForm(request.POST or None, initial=started)
    if request.method == "POST" and form.is_valid():
        open_partner(endpoint, by=desk.officer, now=desk.now, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("office:partner_pickups", endpoint.pk)
    tab = request.GET.get("state", "open")
    tab = tab if tab in TABS else "open"
    jobs = partner_jobs(partner, tab) if partner else with_orders(PickupJob.objects.none())
    context = {"endpoint": endpoint, "partner": partner, "form": form, "tab": tab, "tabs": TAB_TITLES.items()}
    context |= paged(request, jobs) | {"today": timezone.localtime(desk.now).date()}
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "partner_pickups", context, active="partners", status=status)


@officers(*PARTNERS)
def pickup(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One job, and the answers the partner may give now; each leaves an entry in the log."""
    if not desk.runs_partners:
        raise NotFound()
    job = find_job(with_orders(PickupJob.objects.all()), number)
    possible = MOVES[Side.PARTNER].get(job.state, frozenset())
    wanted, seen = request.POST.get("answer", ""), request.POST.get("version", "")
    if seen.isascii() and seen.isdigit() and len(seen) < 10:  # what the officer has read is what is answered
        job.version = int(seen)
    bound = ANSWERS[wanted](request.POST) if wanted in ANSWERS else None
    if bound is not None and bound.is_valid():
        try:
            bound.answer(job, desk)
            messages.success(request, _("The answer is recorded; the seller is told."))
            return redirect("office:pickup", job.number)
        except MarketError as error:
            put_errors(bound, error)
    crew = {name: getattr(job, name) for name in ("vehicle", "driver", "driver_phone")}
    answers = {
        to: bound if bound is not None and to == wanted else make(initial=crew)
        for to, make in ANSWERS.items()
        if to in possible
    }
    context = {
        "job": job,
        "form": bound,
        "accept": answers.get(S.ACCEPTED),
        "counter": answers.get(S.COUNTERED),
        "decline": answers.get(S.DECLINED),
        "events": job.events.select_related("by").order_by("-at", "-pk"),
        "log": AuditEntry.objects.filter(subject_kind="pickup", subject_id=job.number).order_by("-pk")[:20],
    }
    return page(request, desk, "pickup", context, active="partners", status=422 if bound and bound.errors else 200)


@officers(*PARTNERS)
def load_sheet(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    """To print, for a day or for chosen jobs."""
    endpoint = _endpoint(desk, endpoint_id)
    sheet, day = _sheet(request, desk, endpoint)
    context = {"endpoint": endpoint, "sheet": sheet, "day": day, "query": request.GET.urlencode()}
    return page(request, desk, "load_sheet", context, active="partners")


@officers(*PARTNERS)
def load_sheet_csv(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    sheet, day = _sheet(request, desk, _endpoint(desk, endpoint_id))
    answer = HttpResponse(write_csv(sheet), content_type="text/csv; charset=utf-8")
    day = day or timezone.localdate(desk.now)
    answer["Content-Disposition"] = f'attachment; filename="load-sheet-{day:%Y-%m-%d}.csv"'
    return answer


def _sheet(request: HttpRequest, desk: Desk, endpoint: Endpoint) -> tuple[LoadSheet, date | None]:
    """Chosen jobs, else those of the day named, else of today."""
    partner = PickupPartner.objects.select_related("endpoint").filter(endpoint=endpoint).first()
    if partner is None:
        raise NotFound()
    if chosen := request.GET.getlist("job")[:MOST_STOPS]:
        return sheet_of(partner, numbers=chosen), None
    day = _day(request.GET.get("day", "")) or timezone.localtime(desk.now).date()
    return sheet_of(partner, day=day), day


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _endpoint(desk: Desk, endpoint_id: str) -> Endpoint:
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None or not desk.runs_partners:
        raise NotFound()
    return endpoint
