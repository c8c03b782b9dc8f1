"""Tell the seller by mail what a partner answered, or that nobody did: once per move, to those who ship."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from orders.pickups.models import PickupEvent
from orders.pickups.told import clock_time, tell


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `pickup.*`: what the partner or the clock did. What the seller did themselves is no news."""
    keys = [event.payload["event"] for event in events]
    tell(PickupEvent.objects.filter(pk__in=keys).exclude(side=PickupEvent.Side.SELLER), _mails, now=now)


def _mails(move: PickupEvent) -> list[EmailMessage]:
    return [answer_mail(move, member.user) for member in staff_with(move.job.enterprise_id, Right.SHIP)]


def answer_mail(move: PickupEvent, user: User) -> EmailMessage:
    """Plain text: which job, what was said, where to look and decide."""
    job, language = move.job, normal_language(user.language)
    with override(language):
        facts = {"job": job.number, "partner": str(job.partner), "status": move.get_to_state_display()}
        lines = [_("Pickup job %(job)s for %(partner)s: %(status)s.") % facts]
        if move.to_state == "countered" and job.counter_from and job.counter_to:
            window = {"begin": clock_time(job.counter_from), "end": clock_time(job.counter_to)}
            lines.append(_("Proposed: %(begin)s to %(end)s, Beijing time. Take it or refuse it.") % window)
        if move.message:
            lines.append(move.message)
        subject = _("Pickup job %(job)s: %(status)s") % facts
    return plain_mail(str(user.email), subject, lines, page=f"/{language}/sell/pickups/{job.number}/")
