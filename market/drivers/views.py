"""`/d/<secret>`: the page for a driver without software. Who holds the address may report; nobody signs in."""

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError
from market.common.ids import new_secret
from market.drivers.forms import ReportForm
from market.drivers.limits import seconds_to_wait
from market.drivers.load import load_of
from orders.inbox.links import find_link, is_entering, shipments_under
from orders.inbox.models import ReportLink
from orders.inbox.reports import PROBLEMS, Step, take_report

LOOK = "look"  # the button that only asks what a waybill is
MOST_SHOWN = 5


def short(request: HttpRequest, secret: str) -> HttpResponse:
    """The address on paper has no language: the phone's is taken."""
    return redirect("drivers:report", secret)


@csrf_exempt  # the secret in the address is what lets one in; a report kept for days outlives every other token
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, secret: str) -> HttpResponse:
    """The page; a press of one of its buttons; the same kept by the script, which is answered in JSON."""
    now = read_clock()
    wait = seconds_to_wait(secret, now)
    if wait:
        return too_often(request, wait)
    try:
        link = find_link(secret, now=now)
    except MarketError as error:
        return closed(request, error)
    if request.method != "POST":
        return _page(request, secret, link, ReportForm(initial={"waybill": request.GET.get("waybill", "")[:60]}))
    form = ReportForm(request.POST)
    if request.POST.get("step") == LOOK:
        answer = redirect("drivers:report", secret)
        answer["Location"] += _query(request.POST.get("waybill", ""))
        return answer
    if form.is_valid():
        try:
            at = take_report(link, form.pressed(), now=now)
        except InvalidInput as error:
            for name, words in dict(error.details["fields"]).items():
                form.add_error(name, words)
        else:
            words = _("Taken: %(step)s.") % {"step": Step(form.cleaned_data["step"]).label}
            if _wants_json(request):
                return JsonResponse({"message": words, "at": at.isoformat()})
            messages.success(request, words)
            answer = redirect("drivers:report", secret)
            answer["Location"] += _query(form.cleaned_data["waybill"])
            return answer
    if _wants_json(request):
        return _told(" ".join(str(error) for found in form.errors.values() for error in found), 422)
    return _page(request, secret, link, form)


def _query(waybill: str) -> str:
    return f"?{urlencode({'waybill': waybill[:60]})}" if waybill else ""


def _page(request: HttpRequest, secret: str, link: ReportLink, form: ReportForm) -> HttpResponse:
    now = read_clock()
    shipments = shipments_under(link, str(form["waybill"].value() or ""), most=MOST_SHOWN)
    loads = [load_of(shipment, shows_address=link.shows_address) for shipment in shipments]
    context: dict[str, Any] = {
        "form": form,
        "link": link,
        "loads": loads,
        "several": len(loads[0].parcels) > 1 if link.shipment and loads else False,
        "key": new_secret(12),
        "problems": PROBLEMS,
        "step": Step,
        "pressed": form["step"].value(),
        "is_asked": bool(form["waybill"].value()),
        "is_entering": is_entering(link, now),
    }
    answer = render(request, "drivers/report.html", context, status=422 if form.errors else 200)
    patch_cache_control(answer, private=True, max_age=0)
    return answer


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("accept", "") == "application/json"


def _told(words: str, status: int) -> JsonResponse:
    return JsonResponse({"message": words}, status=status)


def too_often(request: HttpRequest, wait: int) -> HttpResponse:
    words = _("That was too often. Please try again in a moment.")
    answer: HttpResponse = (
        _told(words, 429) if _wants_json(request) else render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    )
    answer["Retry-After"] = str(wait)
    return answer


def closed(request: HttpRequest, error: MarketError) -> HttpResponse:
    """404 for an address nobody made, 410 for one that was good once."""
    is_known = error.http_status == HTTPStatus.GONE
    words = error.message if is_known else _("This address does not exist. Please check it, or scan the code again.")
    if _wants_json(request):
        return _told(words, error.http_status)
    return render(request, "drivers/closed.html", {"words": words}, status=error.http_status)


@cache_control(max_age=0)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows the page where there is no network. It stands here because a browser lets it serve
    only what lies beside it."""
    path = finders.find("drivers/worker.js")
    if not isinstance(path, str):
        raise Http404
    return HttpResponse(Path(path).read_bytes(), content_type="text/javascript")
