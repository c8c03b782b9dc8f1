"""Short messages that did not reach anybody: how many, which and why, and sending them once more. They belong to no
subtree, so this is for those at the top who watch over partners."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, NotFound
from market.common.pages import chosen_row
from market.common.sms.again import count_messages, failed_lately, send_again, unsent_messages
from market.common.sms.models import QueuedMessage
from market.common.sms.send import STALE
from market.office.desk import PARTNERS, Desk, officers, page, paged


@officers(*PARTNERS)
def short_messages(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not desk.runs_partners:
        raise NotFound()
    if request.method == "POST":
        _send_again(request, desk)
        return redirect("office:short_messages")
    context: dict[str, Any] = paged(request, unsent_messages()) | {
        "counts": count_messages(),
        "lately": failed_lately(desk.now).count(),
        "news_since": desk.now - STALE,
        "stays_here": settings.SMS_URL.startswith("file:"),
        "log": AuditEntry.objects.filter(subject_kind="sms").order_by("-pk")[:10],
    }
    return page(request, desk, "short_messages", context, active="short_messages")


def _send_again(request: HttpRequest, desk: Desk) -> None:
    """One, or all that can be."""
    rows = QueuedMessage.objects.all()
    if "all" not in request.POST:
        rows = rows.filter(pk=chosen_row(rows, request.POST.get("message", "")).pk)
    try:
        count = send_again(rows, by=desk.officer, now=desk.now)
    except Conflict:
        messages.error(request, _("This message waits or has gone already, or it is older than a day."))
        return
    words = ngettext("%(n)s short message is sent again.", "%(n)s short messages are sent again.", count)
    messages.success(request, words % {"n": count})
