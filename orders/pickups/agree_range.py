"""The temperatures a pickup job was accepted with hold for the shipments of its orders, whichever came first."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from market.common.outbox.models import OutboxEvent
from orders.pickups.models import PickupOrder
from orders.pickups.states import S
from orders.shipments.keep_log import agree_limits
from orders.shipments.models import Shipment
from orders.shipments.reads import lock_shipments
from orders.shipments.temperature import Limits

AGREED = (S.ACCEPTED, S.OVER)


def agree_ranges(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `pickup.accepted` and `shipment.created`. A shipment that has a range keeps it: what the seller gave
    when shipping goes before, and twice changes nothing."""
    subjects = {event.subject for event in events}
    of_jobs = Q(seller_order__pickups__job__number__in=subjects)
    named = Shipment.objects.filter(Q(number__in=subjects) | of_jobs).distinct().order_by("pk")
    for shipment in named.filter(temperature__lower=None, temperature__upper=None):
        limits = limits_of(shipment.seller_order_id)
        if limits.are_known:
            with transaction.atomic():
                (locked,) = lock_shipments([shipment.pk])
                agree_limits(locked, limits, now=now)


def limits_of(order_id: int) -> Limits:
    """Those of the order's newest job that was accepted."""
    jobs = PickupOrder.objects.filter(seller_order=order_id, job__state__in=AGREED).order_by("-job_id")
    found = jobs.values_list("job__temperature_from", "job__temperature_to").first()
    return Limits(*found) if found else Limits()
