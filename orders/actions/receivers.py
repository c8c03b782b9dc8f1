"""Outbox receivers of this floor."""

from collections.abc import Sequence
from datetime import datetime

from market.common.outbox.models import OutboxEvent
from orders.actions.refund_payment import send_refund
from orders.payments.models import Refund


def send_refunds(events: Sequence[OutboxEvent], now: datetime) -> None:
    for event in events:
        send_refund(Refund.objects.select_related("payment").get(pk=event.subject), now=now)
