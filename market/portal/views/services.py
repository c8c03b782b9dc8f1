"""Public services: what is offered, for everybody; an enterprise's own applications and how it starts one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import hides_foreign_rows, put_errors, signed_in
from market.enterprises.roles import Right
from market.portal.forms.service import QuestionsForm
from market.portal.seat import Seat, page_of, seat_of, sent, show, staff
from market.public_services.actions.start_application import start_application
from market.public_services.models import Application, ServiceItem, ServiceVersion
from market.public_services.queries import in_publicity, offered, version_in_force
from market.public_services.states import EDITABLE


def services(request: HttpRequest) -> HttpResponse:
    """By category; found by words."""
    words, category = request.GET.get("q", "").replace("\x00", "").strip()[:60], request.GET.get("category", "")
    found = offered(words, category if category in ServiceItem.Category.values else "")
    groups: dict[str, list[tuple[ServiceItem, ServiceVersion]]] = {}
    for item, version in found:
        groups.setdefault(str(item.get_category_display()), []).append((item, version))
    context = {
        "groups": groups,
        "words": words,
        "category": category,
        "categories": ServiceItem.Category.choices,
        "is_filtered": bool(words or category),
    }
    return render(request, "portal/services.html", context)


@hides_foreign_rows
def service(request: HttpRequest, slug: str) -> HttpResponse:
    item, version = _found(slug)
    context = {
        "item": item,
        "version": version,
        "words": version.words,
        "routes": version.routes,
        "public": in_publicity(item),
    }
    return render(request, "portal/service.html", context)


@signed_in
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions; who has no enterprise yet registers one first."""
    item, version = _found(slug)
    if seat_of(request) is None:
        messages.info(request, _("Services are for enterprises: please register yours first."))
        return redirect("portal:onboarding")
    return _start(request, item=item, version=version)


@staff(only=Right.ENTERPRISE)
def _start(request: HttpRequest, seat: Seat, item: ServiceItem, version: ServiceVersion) -> HttpResponse:
    form = QuestionsForm(version.questions, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = start_application(
                item, seat.enterprise, eligibility=form.cleaned_data, by=seat.person, now=read_clock()
            )
            return redirect("services:application", made.number)
        except MarketError as error:
            put_errors(form, error)
    context: dict[str, Any] = {"form": form, "item": item}
    return show(request, seat, "service_start", item.name, context)


@staff()
def applications(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All of this enterprise, or those it has to go on with; the newest first."""
    rows = Application.objects.for_enterprise(seat.enterprise.pk).select_related("version__item__unit")
    if request.GET.get("state") == "open":
        rows = rows.filter(state__in=EDITABLE)
    context = {"page": page_of(request, rows.order_by("-created_at", "-pk"))}
    return show(request, seat, "service_applications", _("Applications for services"), context)


def _found(slug: str) -> tuple[ServiceItem, ServiceVersion]:
    item = ServiceItem.objects.filter(slug=slug).select_related("unit").first()
    version = version_in_force(item) if item else None
    if item is None or version is None:
        raise NotFound()
    return item, version
