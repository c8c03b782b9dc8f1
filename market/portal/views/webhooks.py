"""Webhooks to the enterprise's own system: addresses, secrets shown once, the log, tests and repeats."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors, tell_refusal
from market.enterprises.roles import Right
from market.portal.forms.webhook import TYPE_WORDS, NewWebhookForm, ReplayForm, WebhookForm
from market.portal.seat import Seat, page_of, show, staff
from orders.outbound.actions.manage_endpoint import (
    NewKeys,
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_key,
    turn_off,
    turn_on,
)
from orders.outbound.actions.replay_delivery import missed_count, replay_delivery, replay_range, send_test
from orders.outbound.models import Endpoint
from orders.outbound.queries import delivery_log


@staff(only=Right.PEOPLE)
def webhooks(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All addresses, and the form for another; its secret is on the answer, once."""
    form, keys, made = NewWebhookForm(request.POST or None), None, None
    if request.method == "POST" and form.is_valid():
        try:
            made, keys = create_endpoint(seat.enterprise, by=seat.person, now=read_clock(), **form.cleaned_data)
        except MarketError as error:
            put_errors(form, error)
    rows = Endpoint.objects.for_enterprise(seat.enterprise.pk).order_by("created_at", "pk")
    context = {"form": NewWebhookForm() if made else form, "keys": keys, "made": made, "rows": rows}
    return _unkept(show(request, seat, "webhooks", _("Webhooks"), context))


@staff(only=Right.PEOPLE)
def webhook(request: HttpRequest, seat: Seat, endpoint_id: str) -> HttpResponse:
    """One address: how it is doing, what it is told, what was sent."""
    endpoint = _own(seat, endpoint_id)
    started = {"url": endpoint.url, "name": endpoint.name, "types": endpoint.types}
    form = WebhookForm(request.POST or None, initial=started)
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(endpoint, by=seat.person, now=read_clock(), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("portal:webhook", endpoint.pk)
        except MarketError as error:
            put_errors(form, error)
    return _page(request, seat, endpoint, form=form)


@staff(only=Right.PEOPLE)
def webhook_secret(request: HttpRequest, seat: Seat, endpoint_id: str) -> HttpResponse:
    endpoint = _own(seat, endpoint_id)
    if request.method != "POST":
        return redirect("portal:webhook", endpoint.pk)
    return _page(request, seat, endpoint, keys=rotate_key(endpoint, by=seat.person, now=read_clock()))


@staff(only=Right.PEOPLE)
def webhook_do(request: HttpRequest, seat: Seat, endpoint_id: str) -> HttpResponse:
    """The page's buttons: test, on, off, remove, one delivery again, all that was missed."""
    endpoint, now = _own(seat, endpoint_id), read_clock()
    if request.method != "POST":
        return redirect("portal:webhook", endpoint.pk)
    try:
        match request.POST.get("do", ""):
            case "test":
                send_test(endpoint, now=now)
                messages.success(request, _("A test is on its way. Its result appears in the log within seconds."))
            case "on":
                turn_on(endpoint, by=seat.person, now=now)
                messages.success(request, _("Switched on."))
            case "off":
                turn_off(endpoint, by=seat.person, now=now)
                messages.success(request, _("Switched off. What happens meanwhile is kept for 30 days."))
            case "remove":
                remove_endpoint(endpoint, by=seat.person, now=now)
                messages.success(request, _("Removed."))
                return redirect("portal:webhooks")
            case "missed":
                _tell_count(request, replay_range(endpoint, since=endpoint.created_at, until=now, now=now))
            case "again":
                typed = request.POST.get("delivery", "")
                row = delivery_log(endpoint).filter(pk=int(typed) if typed.isdecimal() else 0).first()
                if row is None:
                    raise NotFound()
                replay_delivery(row, now=now)
                _tell_count(request, 1)
            case _:
                raise NotFound()
    except NotFound:
        raise
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("portal:webhook", endpoint.pk)


@staff(only=Right.PEOPLE)
def webhook_replay(request: HttpRequest, seat: Seat, endpoint_id: str) -> HttpResponse:
    endpoint = _own(seat, endpoint_id)
    form = ReplayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        since, until = form.span()
        try:
            with_delivered = form.cleaned_data["with_delivered"]
            count = replay_range(endpoint, since=since, until=until, with_delivered=with_delivered, now=read_clock())
            _tell_count(request, count)
            return redirect("portal:webhook", endpoint.pk)
        except MarketError as error:
            put_errors(form, error)
    context = {"endpoint": endpoint, "form": form}
    return show(request, seat, "webhook_replay", _("Send again"), context)


def _own(seat: Seat, endpoint_id: str) -> Endpoint:
    found = Endpoint.objects.for_enterprise(seat.enterprise.pk).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound()
    return found


def _page(
    request: HttpRequest,
    seat: Seat,
    endpoint: Endpoint,
    *,
    form: WebhookForm | None = None,
    keys: NewKeys | None = None,
) -> HttpResponse:
    started = {"url": endpoint.url, "name": endpoint.name, "types": endpoint.types}
    page = page_of(request, delivery_log(endpoint))
    context = {
        "endpoint": endpoint,
        "form": form or WebhookForm(initial=started),
        "keys": keys,
        "page": page,
        "rows": [(row, TYPE_WORDS.get(row.message.type, row.message.type), list(row.log.all())) for row in page],
        "missed": missed_count(endpoint),
    }
    return _unkept(show(request, seat, "webhook", endpoint.name or _("Webhook"), context))


def _tell_count(request: HttpRequest, count: int) -> None:
    text = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
    messages.success(request, text % {"count": count})


def _unkept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
