"""Tell a partner by mail what a seller asks of it, and decides: once per move, in the partner's language."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.common.languages import normal_language
from market.common.outbox.models import OutboxEvent
from market.common.quantity import plain
from orders.pickups.models import PickupEvent
from orders.pickups.told import clock_time, tell


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `pickup.*`: what the seller did. A partner without a mail address is not written to, and not later
    either."""
    keys = [event.payload["event"] for event in events]
    moves = PickupEvent.objects.filter(pk__in=keys, side=PickupEvent.Side.SELLER)
    tell(moves.exclude(job__partner__email=""), lambda move: [job_mail(move)], now=now)


def job_mail(move: PickupEvent) -> EmailMessage:
    """Plain text, nothing that the list of jobs does not show: who asks, when, where, how much; no person and no
    telephone number."""
    job, language = move.job, normal_language(move.job.partner.language)
    with override(language):
        facts = {"job": job.number, "seller": job.enterprise.name_in(language), "news": _news(move.to_state)}
        lines = [
            _("Pickup job %(job)s of %(seller)s: %(news)s.") % facts,
            _("Time: %(begin)s to %(end)s, Beijing time.")
            % {"begin": clock_time(job.window_from), "end": clock_time(job.window_to)},
            _("Place: %(place)s. Boxes: %(boxes)s. Gross weight: %(kg)s kg.")
            % {"place": job.place, "boxes": job.boxes, "kg": plain(job.gross_kg)},
            "",
        ]
        if move.to_state == job.State.ASKED:
            lines.append(
                _("Please answer by %(at)s, Beijing time: by program, or tell our office, which answers in your place.")
                % {"at": clock_time(job.answer_by)}
            )
        lines.append(f"{settings.PUBLIC_URL}/api/v1/partner/pickups/{job.number}")
        subject = _("Pickup job %(job)s: %(status)s") % {"job": job.number, "status": facts["news"]}
    return EmailMessage(subject, "\n".join(lines), to=[job.partner.email])


def _news(state: str) -> str:
    return {
        "asked": _("goods are to be fetched"),
        "accepted": _("the seller takes the time you proposed"),
        "refused": _("the seller refuses the time you proposed"),
        "withdrawn": _("the seller has withdrawn it, do not come"),
    }[state]
