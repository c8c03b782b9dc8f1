"""The calendar of working days, by which the clocks of applications run."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.audit.models import AuditEntry
from market.common.dates import read_date
from market.common.deadlines.models import WorkDay
from market.common.errors import MarketError, NotFound
from market.common.forms import DayField
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, page
from market.office.forms import OfficeForm
from market.public_services.actions.set_work_day import keeps_calendar, set_work_day


class WorkDayForm(OfficeForm):
    day = DayField(label=gettext_lazy("Day"), help_text=gettext_lazy("such as 2026-11-24"))
    is_working = forms.TypedChoiceField(
        label=gettext_lazy("Kind of day"),
        choices=[
            ("no", gettext_lazy("a free day, though Monday to Friday")),
            ("yes", gettext_lazy("a working weekend day")),
        ],
        coerce=lambda value: value == "yes",
        error_messages={"invalid_choice": gettext_lazy("Please choose one of the list.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Which holiday, and which notice says so"), max_length=120, required=False
    )


@officers(R.REVIEWER)
def work_days(request: HttpRequest, desk: Desk) -> HttpResponse:
    """From this year on; every reviewer reads it, those at the top write it."""
    may_write = keeps_calendar(desk.officer, desk.now)
    if request.method == "POST" and not may_write:
        raise NotFound()
    if request.method == "POST" and (typed := request.POST.get("remove")):
        day = read_date(typed)
        if day is None:
            raise NotFound()
        set_work_day(day, is_working=None, by=desk.officer, now=desk.now)
        return redirect("office:work_days")
    form = WorkDayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_work_day(**form.cleaned_data, by=desk.officer, now=desk.now)
            messages.success(request, _("Saved."))
            return redirect("office:work_days")
        except MarketError as error:
            put_errors(form, error)
    context = {
        "rows": WorkDay.objects.filter(day__year__gte=localdate(desk.now).year),
        "form": form,
        "may_write": may_write,
        "log": AuditEntry.objects.filter(subject_kind="calendar").order_by("-pk")[:20],
    }
    return page(request, desk, "work_days", context, active="applications", status=422 if form.errors else 200)
