"""Endpoints that only fail: the owners are told on days 1, 3 and 5, on the fifth it is switched off; of one that said
it is gone (410) they are told once. And old logs go."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.common.languages import LANGUAGES
from market.enterprises.models import Member
from orders.outbound.models import Attempt, Delivery, Endpoint, Message
from orders.outbound.schedule import GIVE_UP, TELL_ON_DAYS
from orders.outbound.send import switch_off

logger = logging.getLogger(__name__)

KEEP = timedelta(days=30)
BATCH = 500


def watch_endpoints(now: datetime) -> int:
    """A worker step. Each endpoint and day once: told is claimed before the mail goes out."""
    failing = Q(is_active=True, failing_since__lte=now - timedelta(days=TELL_ON_DAYS[0]))
    gone = Q(is_active=False, off_reason=Endpoint.Off.GONE)
    untold = Endpoint.objects.filter(failing | gone, told_days__lt=TELL_ON_DAYS[-1]).order_by("pk")
    return sum((_watch if endpoint.is_active else _tell_gone)(endpoint, now) for endpoint in untold[:BATCH])


def _tell_gone(endpoint: Endpoint, now: datetime) -> int:
    """Off for good unless a person acts, so it counts as told to the last day; switching it on begins anew."""
    mine = Endpoint.objects.filter(pk=endpoint.pk, off_reason=Endpoint.Off.GONE, told_days=endpoint.told_days)
    if not mine.update(told_days=TELL_ON_DAYS[-1]):
        return 0
    _send(endpoint, 0)
    return 1


def _watch(endpoint: Endpoint, now: datetime) -> int:
    since = endpoint.failing_since
    day = max((day for day in TELL_ON_DAYS if since and now - since >= timedelta(days=day)), default=0)
    if day <= endpoint.told_days:
        return 0
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.told_days >= day or row.failing_since != since or not row.is_active:
            return 0
        row.told_days = day
        row.save(update_fields=["told_days"])
        if since and now - since >= GIVE_UP:
            switch_off(row, Endpoint.Off.FAILING, now=now)
    _send(row, day)
    return 1


def _send(endpoint: Endpoint, day: int) -> None:
    try:
        for mail in failure_mails(endpoint, day):
            mail.send()
    except Exception:  # the seller's pages say the same, and mail must not stop the others
        logger.exception("nobody could be told that a webhook endpoint fails")


def failure_mails(endpoint: Endpoint, day: int) -> list[EmailMessage]:
    """To each owner: where it fails, since when (0 days: it said that it is gone), what will happen. In all three
    languages, as nobody's is known."""
    owners = Member.objects.filter(enterprise=endpoint.enterprise_id, role=Member.Role.OWNER).select_related("user")
    texts, subjects = [], []
    for language in LANGUAGES:
        with override(language):
            facts = {"address": endpoint.url, "day": day}
            subjects.append(_("Webhooks do not arrive"))
            lines = [
                _("Your address %(address)s has answered nothing but failures for %(day)s days.") % facts
                if day
                else _("Your address %(address)s has answered that it is gone (410).") % facts
            ]
            if endpoint.is_active:
                lines.append(_("After five days we stop sending."))
            else:
                lines.append(
                    _("We have stopped sending. Switch it on when it works again; what it missed can be sent.")
                )
            lines.append(f"{settings.PUBLIC_URL}/{language}/sell/webhooks/{endpoint.pk}/")
            texts.append("\n".join(lines))
    return [
        EmailMessage(" · ".join(subjects), "\n\n".join(texts), to=[owner.user.email])
        for owner in owners
        if owner.user.email
    ]


def forget_old(now: datetime) -> int:
    """The log and what is settled go after 30 days, some at a time. What is still on its way stays."""
    before = now - KEEP
    gone = _delete(Attempt.objects.filter(at__lt=before))
    gone += _delete(Delivery.objects.filter(created_at__lt=before).exclude(state=Delivery.State.WAITING))
    return gone + _delete(Message.objects.filter(occurred_at__lt=before, deliveries__isnull=True))


def _delete(rows: "QuerySet[Any]") -> int:
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    if keys:
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
