"""Shipments and parcels nobody has heard of for days are raised to their seller, once, until the carrier speaks."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from market.common.outbox.record import Event, record_events
from orders.shipments.models import TERMINAL, Parcel, Shipment, TrackingEvent

SILENT_AFTER = timedelta(hours=72)
BATCH = 200


def raise_silent(now: datetime) -> int:
    """A worker step. Two workers raise a shipment once: the UPDATE's own condition says who was first. Effects: the
    seller's pages show it, and an outbox event `shipment.silent` tells staff and system. Of a shipment that speaks, the
    parcels nobody speaks of are raised. Returns how many were raised or taken back."""
    limit = now - SILENT_AFTER
    return _raise_whole(limit, now) + _raise_parcels(limit, now) + _lift_parcels()


def _raise_whole(limit: datetime, now: datetime) -> int:
    unheard = Q(heard_at__lt=limit) | Q(heard_at__isnull=True, shipped_at__lt=limit)
    watched = Shipment.objects.filter(unheard, silent_since__isnull=True, shipped_at__lt=limit).exclude(
        status__in=TERMINAL
    )
    raised = 0
    for key, number in watched.order_by("shipped_at").values_list("pk", "number")[:BATCH]:
        with transaction.atomic():
            if Shipment.objects.filter(unheard, pk=key, silent_since__isnull=True).update(silent_since=now):
                _silent(Parcel.objects.filter(shipment=key)).update(silent_since=now)
                record_events([Event("shipment.silent", number)], now=now)
                raised += 1
    return raised


def _raise_parcels(limit: datetime, now: datetime) -> int:
    """One event for all parcels of a shipment that fall silent together."""
    heard = TrackingEvent.objects.filter(_speaks_of_parcel(), shipment=OuterRef("shipment")).filter(
        Q(received_at__gte=limit) | Q(seen_at__gte=limit)
    )
    others = Parcel.objects.filter(shipment=OuterRef("shipment")).exclude(pk=OuterRef("pk"))
    watched = (
        _silent(Parcel.objects.filter(shipment__silent_since__isnull=True, shipment__shipped_at__lt=limit))
        .exclude(shipment__status__in=TERMINAL)
        .filter(Exists(others), ~Exists(heard))
        .order_by("shipment__shipped_at", "pk")
    )
    found = defaultdict[str, list[int]](list)
    for key, number in watched.values_list("pk", "shipment__number")[:BATCH]:
        found[number].append(key)
    raised = 0
    for number, keys in found.items():
        with transaction.atomic():
            if Parcel.objects.filter(pk__in=keys, silent_since__isnull=True).update(silent_since=now):
                record_events([Event("shipment.silent", number)], now=now)
                raised += 1
    return raised


def _lift_parcels() -> int:
    """Those the carrier has spoken of since, and those whose journey is over."""
    since = TrackingEvent.objects.filter(_speaks_of_parcel(), shipment=OuterRef("shipment")).filter(
        Q(received_at__gt=OuterRef("silent_since")) | Q(seen_at__gt=OuterRef("silent_since"))
    )
    is_over = Q(status__in=TERMINAL) | Q(shipment__status__in=TERMINAL)
    spoken = Parcel.objects.filter(silent_since__isnull=False).filter(is_over | Exists(since))
    keys = list(spoken.values_list("pk", flat=True)[:BATCH])
    return Parcel.objects.filter(pk__in=keys).update(silent_since=None) if keys else 0


def _silent(parcels: QuerySet[Parcel]) -> QuerySet[Parcel]:
    return parcels.filter(silent_since__isnull=True).exclude(status__in=TERMINAL)


def _speaks_of_parcel() -> Q:
    """What is said of the whole shipment is said of every parcel."""
    return Q(parcel="") | Q(parcel=OuterRef("number"))
