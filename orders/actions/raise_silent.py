"""Shipments nobody has heard of for days are raised to their seller, once, until the carrier speaks again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from market.common.outbox.record import Event, record_events
from orders.shipments.models import TERMINAL, Shipment

SILENT_AFTER = timedelta(hours=72)
BATCH = 200


def raise_silent(now: datetime) -> int:
    """A worker step. Two workers raise a shipment once: the UPDATE's own condition says who was first. Effects: the
    order's page shows it, and an outbox event `shipment.silent` tells the seller's system."""
    limit = now - SILENT_AFTER
    unheard = Q(heard_at__lt=limit) | Q(heard_at__isnull=True, shipped_at__lt=limit)
    watched = Shipment.objects.filter(unheard, silent_since__isnull=True, shipped_at__lt=limit).exclude(
        status__in=TERMINAL
    )
    raised = []
    for key, number in watched.order_by("shipped_at").values_list("pk", "number")[:BATCH]:
        with transaction.atomic():
            if Shipment.objects.filter(unheard, pk=key, silent_since__isnull=True).update(silent_since=now):
                record_events([Event("shipment.silent", number)], now=now)
                raised.append(number)
    return len(raised)
