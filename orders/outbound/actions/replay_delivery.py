"""Send again: one delivery, or all of a span of time. The message's id stays, so that a receiver knows it again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from market.common.errors import InvalidInput
from orders.outbound.catalogue import TEST
from orders.outbound.messages import write_test
from orders.outbound.models import Delivery, Endpoint, Message

S = Delivery.State
BATCH = 500


def send_test(endpoint: Endpoint, *, now: datetime) -> Delivery:
    """One try, within seconds, even of an endpoint that is paused or off: the log shows what came of it."""
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(paused_until=None)
        return write_test(endpoint, now=now)


def replay_delivery(delivery: Delivery, *, now: datetime) -> None:
    """Raises InvalidInput while it is on its way anyway, or the endpoint is off."""
    if not delivery.endpoint.is_active:
        raise InvalidInput(fields={"endpoint": _("Switch it on first.")})
    if not _again(Delivery.objects.filter(pk=delivery.pk), [S.DONE, S.FAILED, S.HELD], now):
        raise InvalidInput(fields={"delivery": _("It is on its way.")})


def replay_range(
    endpoint: Endpoint, *, since: datetime, until: datetime, with_delivered: bool = False, now: datetime
) -> int:
    """What happened in this span (`until` excluded) and did not arrive, or all of it when asked for; also what happened
    while the endpoint did not yet want its type. Returns how many. Raises InvalidInput while the endpoint is off."""
    if not endpoint.is_active:
        raise InvalidInput(fields={"endpoint": _("Switch it on first.")})
    if since >= until:
        raise InvalidInput(fields={"until": _("The end must be after the beginning.")})
    span = Q(message__occurred_at__gte=since, message__occurred_at__lt=until)
    with transaction.atomic():
        states = [S.FAILED, S.HELD, *([S.DONE] if with_delivered else [])]
        again = _again(endpoint.deliveries.filter(span), states, now)
        known = endpoint.deliveries.values("message")
        missed = Message.objects.filter(
            enterprise=endpoint.enterprise_id, occurred_at__gte=since, occurred_at__lt=until
        ).exclude(pk__in=known)
        new = [
            Delivery(endpoint=endpoint, message=message, created_at=now, due_at=now)
            for message in missed.exclude(type=TEST).order_by("occurred_at")
            if endpoint.wants(message.type)
        ]
        Delivery.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return again + len(new)


def missed_count(endpoint: Endpoint) -> int:
    """What did not arrive and is still kept."""
    return endpoint.deliveries.filter(state__in=[S.FAILED, S.HELD]).exclude(message__type=TEST).count()


def _again(rows: "QuerySet[Delivery]", states: Sequence[str], now: datetime) -> int:
    return rows.filter(state__in=states).update(
        state=S.WAITING, attempts=0, due_at=now, done_at=None, claimed_until=None
    )
