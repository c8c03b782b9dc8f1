"""Partners' messages: found by partner and state, read without the people in them, worked on again."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.pages import chosen_row
from market.common.sealing import unseal
from market.office.desk import PARTNERS, Desk, officers, page, paged
from market.office.forms import OfficeForm
from market.office.queries import messages_in, troubled_messages
from market.office.redaction import redacted
from orders.inbox.actions import count_lost, replay_event, replay_events
from orders.inbox.models import Endpoint, InboxEvent

S = InboxEvent.State
TROUBLED = "troubled"


class ReplayForm(OfficeForm):
    """Which messages to work on again: of one partner, of a span of time, or both."""

    endpoint = forms.ModelChoiceField(
        label=gettext_lazy("Partner"),
        queryset=Endpoint.objects.order_by("name", "pk"),
        required=False,
        empty_label=gettext_lazy("all"),
        error_messages={"invalid_choice": gettext_lazy("Choose a partner of the list.")},
    )
    since = forms.DateTimeField(
        label=gettext_lazy("Received from"),
        help_text=gettext_lazy("Beijing time, such as 2026-11-24 08:00"),
        required=False,
        error_messages={"invalid": gettext_lazy("Please enter day and time such as 2026-11-24 08:00.")},
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Received before"),
        help_text=gettext_lazy("Beijing time, such as 2026-11-24 08:00"),
        required=False,
        error_messages={"invalid": gettext_lazy("Please enter day and time such as 2026-11-24 08:00.")},
    )

    with_done = forms.BooleanField(
        label=gettext_lazy("Those that are done, too"),
        help_text=gettext_lazy("For when our own reading of them has become better."),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if not self.errors and not any(values.get(name) for name in ("endpoint", "since", "until")):
            raise forms.ValidationError(_("Say which: a partner, a time from, or a time until."))
        if isinstance(since, datetime) and isinstance(until, datetime) and until <= since:
            self.add_error("until", _("The end must lie after the beginning."))
        return values


@officers()
def inbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, with one button for each message that stands still. A span or a partner as a whole is for the top."""
    form = ReplayForm()
    if request.method == "POST":
        if not desk.may_act:
            raise NotFound()
        if "event" in request.POST:
            _replay(request, desk)
            return redirect("office:inbox")
        if not desk.runs_partners:
            raise NotFound()
        form = ReplayForm(request.POST)
        if form.is_valid():
            _replay_many(request, desk, form)
            return redirect("office:inbox")
    state, endpoint = request.GET.get("state", TROUBLED), request.GET.get("partner", "")
    context = {
        "form": form,
        "state": state,
        "states": [(TROUBLED, _("needs a person or given up")), *S.choices],
        "partner": endpoint,
        "partners": Endpoint.objects.order_by("name", "pk").values_list("pk", "name"),
    }
    context |= paged(request, _chosen(state, endpoint).order_by("-received_at", "-pk"))
    status = 422 if form.is_bound else 200
    return page(request, desk, "inbox", context, active="inbox", status=status)


def _chosen(state: str, endpoint: str) -> QuerySet[InboxEvent]:
    rows = messages_in(state) if state in S.values else troubled_messages()
    return rows.filter(endpoint=endpoint[:40]) if endpoint else rows


@officers(*PARTNERS)
def message(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One message: where it came from, what became of it, what it said without the people in it."""
    event = InboxEvent.objects.select_related("endpoint", "link").filter(pk=pk).first()
    if event is None or not desk.runs_partners:
        raise NotFound()
    if request.method == "POST":
        _replay_one(request, desk, event)
        return redirect("office:message", pk)
    context = {
        "event": event,
        "body": "" if event.is_purged else _body(event),
        "can_replay": event.state in (S.PARKED, S.DEAD) and not event.is_purged,
        "log": AuditEntry.objects.filter(subject_kind="inbox", subject_id=event.endpoint_id).order_by("-pk")[:10],
    }
    answer = page(request, desk, "message", context, active="inbox")
    answer["Cache-Control"] = "no-store"
    return answer


def _body(event: InboxEvent) -> str:
    try:
        return redacted(unseal(event.sealed))
    except ValueError:  # sealed under a key this process does not have
        return ""


def _replay(request: HttpRequest, desk: Desk) -> None:
    _replay_one(request, desk, chosen_row(InboxEvent.objects.all(), request.POST.get("event", "")))


def _replay_one(request: HttpRequest, desk: Desk, event: InboxEvent) -> None:
    try:
        replay_event(event, now=desk.now, by=desk.officer)
        messages.success(request, _("The message is worked on again."))
    except MarketError:
        messages.error(request, _("This message waits or is done already, or its text is no longer kept."))


def _replay_many(request: HttpRequest, desk: Desk, form: ReplayForm) -> None:
    endpoint_id = form.cleaned_data["endpoint"].pk if form.cleaned_data["endpoint"] else ""
    since, until, with_done = (form.cleaned_data[name] for name in ("since", "until", "with_done"))
    number = replay_events(
        now=desk.now, endpoint_id=endpoint_id, since=since, until=until, with_done=with_done, by=desk.officer
    )
    lost = count_lost(endpoint_id=endpoint_id, since=since, until=until, with_done=with_done)
    if number:
        words = ngettext("%(n)s message is worked on again.", "%(n)s messages are worked on again.", number)
        messages.success(request, words % {"n": number})
    if lost:
        words = ngettext(
            "%(n)s message stays as it is: its text is no longer kept.",
            "%(n)s messages stay as they are: their text is no longer kept.",
            lost,
        )
        messages.warning(request, words % {"n": lost})
    if not number and not lost:
        messages.info(request, _("No message of this choice stands still."))
