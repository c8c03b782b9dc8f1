"""A move of a pickup job is told to the other side by mail: once, whoever drains the outbox and however often."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.utils import timezone

from orders.pickups.models import PickupEvent


def tell(
    moves: QuerySet[PickupEvent], mails_of: Callable[[PickupEvent], Iterable[EmailMessage]], *, now: datetime
) -> None:
    """A move is claimed before its mails go out, so that two workers never both send; when one fails the claim is given
    back, and the outbox comes again."""
    due = moves.filter(told_at__isnull=True).select_related("job__partner__endpoint", "job__enterprise")
    for move in due.order_by("pk"):
        if not PickupEvent.objects.filter(pk=move.pk, told_at__isnull=True).update(told_at=now):
            continue
        try:
            for mail in mails_of(move):
                mail.send()
        except Exception:
            PickupEvent.objects.filter(pk=move.pk).update(told_at=None)
            raise


def clock_time(at: datetime) -> str:
    """Beijing time, as the mails say."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
