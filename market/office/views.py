"""Officers' pages. What somebody sees is the subtree of their posts; without a post there is nothing here."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.accounts.models import User
from market.accounts.queries import posts_of
from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import View, signed_in, tell_refusal
from market.compliance.actions.set_destination import set_destination
from market.compliance.models import DestinationPolicy
from market.enterprises.actions.admission import decide_admission
from market.enterprises.models import Enterprise
from market.enterprises.queries import in_reach, reachable, reviews
from market.enterprises.states import BY_MEMBERS, MOVES
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.inbox.actions import replay_event
from orders.inbox.models import InboxEvent
from orders.payments.models import BankStatementRow, Payment


class DestinationForm(forms.Form):
    use_required_attribute = False
    country = forms.CharField(label=gettext_lazy("Country, two letters"), max_length=2)
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=DestinationPolicy.Status.choices)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea)


class TransferForm(forms.Form):
    use_required_attribute = False
    row_id = forms.CharField(label=gettext_lazy("The bank's own number of the movement"), max_length=80)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60)
    payer = forms.CharField(label=gettext_lazy("Payer"), max_length=120)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount, CNY"), max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    booked_on = forms.DateField(label=gettext_lazy("Booked on"))


def officers(*roles: str) -> Callable[[View], View]:
    """A page for holders of one of these posts (none named: any post); for everybody else it does not exist."""

    def wrap(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            posts = posts_of(_officer(request), read_clock())
            if not (posts.filter(role__in=roles) if roles else posts).exists():
                raise NotFound()
            return view(request, *args, **kwargs)

        return signed_in(wrapped)

    return wrap


def _officer(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _status(form: forms.Form) -> int:
    """A form that comes back with errors is no success (ui.md, 6.5)."""
    return 422 if form.is_bound and form.errors else 200


def _queue(request: HttpRequest, now: datetime) -> list[Enterprise]:
    waiting = [Enterprise.State.SUBMITTED, Enterprise.State.UNDER_REVIEW]
    return list(in_reach(_officer(request), now).filter(state__in=waiting).order_by("submitted_at"))


def _home(request: HttpRequest) -> HttpResponse:
    now = read_clock()
    others = in_reach(_officer(request), now).exclude(state__in=["submitted", "under_review", "draft"])
    context = {
        "queue": _queue(request, now),
        "others": others.order_by("name_zh")[:200],
        "posts": posts_of(_officer(request), now),
    }
    return render(request, "office/home.html", context)


def _seller(request: HttpRequest, number: str) -> HttpResponse:
    now = read_clock()
    enterprise = reachable(_officer(request), number, now)
    if request.method == "POST":
        try:
            decide_admission(
                enterprise,
                request.POST.get("to", ""),
                by=_officer(request),
                reason=request.POST.get("reason", ""),
                now=now,
            )
            messages.success(request, _("Decided: %(state)s.") % {"state": enterprise.get_state_display()})
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("office:seller", number)
    labels = dict(Enterprise.State.choices)
    wanted = MOVES[enterprise.state] - BY_MEMBERS if reviews(_officer(request), enterprise, now) else frozenset()
    moves = [(to, labels[to]) for to in sorted(wanted)]
    events = enterprise.admission_events.select_related("by")
    return render(request, "office/seller.html", {"enterprise": enterprise, "moves": moves, "events": events})


def _destinations(request: HttpRequest) -> HttpResponse:
    form = DestinationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            set_destination(
                values["country"].upper(),
                values["status"],
                reason=values["reason"],
                by=_officer(request),
                now=read_clock(),
            )
            return redirect("office:destinations")
        except MarketError as error:
            tell_refusal(request, error)
    policies = DestinationPolicy.objects.select_related("changed_by").order_by("country")
    return render(request, "office/destinations.html", {"form": form, "policies": policies}, status=_status(form))


def _inbox(request: HttpRequest) -> HttpResponse:
    may_replay = posts_of(_officer(request), read_clock()).exclude(role="viewer").exists()
    if request.method == "POST" and not may_replay:
        raise NotFound()
    if request.method == "POST" and request.POST.get("event", "").isdigit():
        event = InboxEvent.objects.filter(pk=request.POST["event"]).first()
        if event is None:
            raise NotFound()
        try:
            replay_event(event, now=read_clock())
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("office:inbox")
    troubled = InboxEvent.objects.filter(state__in=["parked", "dead"]).select_related("endpoint").defer("sealed")
    context = {"events": troubled.order_by("-received_at")[:100], "may_replay": may_replay}
    return render(request, "office/inbox.html", context)


def _transfers(request: HttpRequest) -> HttpResponse:
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = confirm_transfer(
            StatementRow(currency="CNY", **form.cleaned_data), by=_officer(request), now=read_clock()
        )
        messages.success(request, row.get_state_display())
        return redirect("office:transfers")
    waiting = Payment.objects.filter(gateway="bank_transfer", state="action_required").select_related("purchase")
    rows = BankStatementRow.objects.exclude(state="matched").order_by("-pk")[:50]
    context = {"form": form, "waiting": waiting.order_by("created_at")[:100], "rows": rows}
    return render(request, "office/transfers.html", context, status=_status(form))


home = officers()(_home)
seller = officers()(_seller)
destinations = officers("compliance")(_destinations)
inbox = officers()(_inbox)
transfers = officers("finance")(_transfers)
