"""Partner messages that need a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from market.common.errors import MarketError, NotFound
from market.common.pages import tell_refusal
from market.office.desk import Desk, officers, page
from market.office.queries import troubled_messages
from orders.inbox.actions import replay_event
from orders.inbox.models import InboxEvent


@officers()
def inbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method == "POST":
        if not desk.may_act:
            raise NotFound()
        _replay(request, desk)
        return redirect("office:inbox")
    context = {"events": troubled_messages().order_by("-received_at")[:100]}
    return page(request, desk, "inbox", context, active="inbox")


def _replay(request: HttpRequest, desk: Desk) -> None:
    typed = request.POST.get("event", "")
    event = InboxEvent.objects.filter(pk=typed).first() if typed.isascii() and typed.isdigit() else None
    if event is None:
        raise NotFound()
    try:
        replay_event(event, now=desk.now)
    except MarketError as error:
        tell_refusal(request, error)
