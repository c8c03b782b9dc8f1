"""Many products at once: a table fetched, handed in, looked at, taken over."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from catalog.imports.actions.run_import import run_import
from catalog.imports.actions.upload_file import upload_file
from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_BYTES
from catalog.imports.models import ImportJob
from catalog.imports.queries import WrongRows, marked_file, own_import, own_imports, what_changes
from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError
from market.common.pages import put_errors, tell_refusal
from market.enterprises.roles import Right
from market.portal.forms.imports import OwnForm, TemplateForm, UploadForm
from market.portal.seat import PAGE_SIZE, Seat, page_of, show, staff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff(only=Right.CATALOGUE)
def imports(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Fetch a table, hand one in, and those of the last month."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            raw = file.read(MOST_BYTES + 1)
            is_published = form.cleaned_data["becomes"] == "published"
            job = upload_file(
                seat.enterprise, raw, file_name=file.name, publishes=is_published, by=seat.person, now=read_clock()
            )
            return redirect("portal:import", job.number)
        except MarketError as error:
            fields = {"file": error.message} if isinstance(error, UnreadableFile) else {"becomes": error.message}
            put_errors(form, InvalidInput(fields=fields))
    context = {
        "form": form,
        "template": TemplateForm(auto_id="id_template_%s"),
        "own": OwnForm(auto_id="id_own_%s"),
        "page": page_of(request, own_imports(seat.enterprise)),
    }
    return show(request, seat, "imports", _("Many products at once"), context)


# What writes workbooks takes 5 MiB of each web process and a twentieth of its start: only for those who fetch one.


@staff(only=Right.CATALOGUE)
def import_template(request: HttpRequest, seat: Seat) -> HttpResponse:
    from catalog.imports.template import empty_workbook

    form = TemplateForm(request.GET)
    if not form.is_valid():
        messages.error(request, _("Please choose a category."))
        return redirect("portal:imports")
    category = form.cleaned_data["category"]
    raw = empty_workbook(seat.enterprise, category, form.cleaned_data["channel"])
    return workbook(raw, _("products %(what)s") % {"what": category.name})


@staff(only=Right.CATALOGUE)
def import_own(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The seller's own products in the shape they can be handed in."""
    from catalog.imports.template import own_workbook

    form = OwnForm(request.GET)
    category = form.cleaned_data["category"] if form.is_valid() else None
    try:
        raw = own_workbook(seat.enterprise, category)
    except MarketError as error:
        tell_refusal(request, error)
        return redirect("portal:imports")
    return workbook(raw, _("products %(what)s") % {"what": f"{localdate(read_clock()):%Y-%m-%d}"})


@staff(only=Right.CATALOGUE)
def import_job(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """How far it is; once it is checked, what it would do and each wrong cell. htmx asks for the state alone."""
    job = own_import(seat.enterprise, number)
    is_settled = job.state in (ImportJob.State.CHECKED, ImportJob.State.DONE)
    wrong = Paginator(WrongRows(job), PAGE_SIZE).get_page(request.GET.get("page")) if is_settled and job.wrong else None
    context = {
        "job": job,
        "page": wrong,
        "cells": [cell for row in wrong or () for cell in row],
        "changes": what_changes(job) if is_settled and job.changed else [],
    }
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "_import_state" if is_fragment else "import"
    response = show(request, seat, template, _("Table %(number)s") % {"number": job.number}, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@staff(only=Right.CATALOGUE)
def import_run(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    job = own_import(seat.enterprise, number)
    if request.method == "POST":
        try:
            run_import(job, takes_good_rows="good" in request.POST, now=read_clock())
        except MarketError as error:
            tell_refusal(request, error)
    return redirect("portal:import", number)


@staff(only=Right.CATALOGUE)
def import_workbook(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """The seller's own rows back, with what is wrong marked."""
    job = own_import(seat.enterprise, number)
    return workbook(marked_file(job), _("to correct %(number)s") % {"number": job.number})


def workbook(raw: bytes, name: str) -> HttpResponse:
    """To be fetched under this name."""
    response = HttpResponse(raw, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    response["Cache-Control"] = "private, no-store"
    return response
