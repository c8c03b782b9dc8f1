"""What registering a carrier's report reads, compiled once: it happens more often than anything else here."""

from collections.abc import Sequence

from django.db.models import BigIntegerField, CharField, F, Q, QuerySet

from market.common.prepared import IsIn, Param, PreparedSelect
from orders.shipments.carriers.base import Report
from orders.shipments.models import Notice, Parcel, Shipment, TrackingEvent

_SHIPMENT = Param("shipment", BigIntegerField())


def _by_number() -> QuerySet[Shipment, tuple[int, str]]:
    known = Q(IsIn(F("waybill"), "numbers", CharField())) | Q(IsIn(F("parcels__number"), "numbers", CharField()))
    return Shipment.objects.filter(known).values_list("pk", "carrier").distinct()


_find = PreparedSelect(_by_number)
_lock = PreparedSelect(
    lambda: (
        Shipment.objects.select_for_update(of=("self",)).filter(IsIn(F("pk"), "keys", BigIntegerField())).order_by("pk")
    )
)
_parcels = PreparedSelect(lambda: Parcel.objects.filter(shipment=_SHIPMENT).order_by("pk"))
_events = PreparedSelect(lambda: TrackingEvent.objects.filter(shipment=_SHIPMENT))
_noticed = PreparedSelect(lambda: Notice.objects.filter(shipment=_SHIPMENT).values_list("status", flat=True))


def shipments_named(report: Report, source: str) -> dict[int, str]:
    """Key -> carrier of each shipment the report is about. A retraction need not name more than the event."""
    if report.numbers:
        return dict(_find(numbers=report.numbers))
    keys = [event.key for event in report.events]
    taken_back = Shipment.objects.filter(events__key__in=keys, events__source=source)
    return dict(taken_back.values_list("pk", "carrier").distinct())


def lock_shipments(keys: Sequence[int]) -> list[Shipment]:
    """In the order of their keys; the caller holds their orders' locks."""
    return _lock(keys=list(keys))


def parcels_of(shipment: Shipment) -> dict[str, Parcel]:
    """By number, the declared ones first."""
    return {parcel.number: parcel for parcel in _parcels(shipment=shipment.pk)}


def events_of(shipment: Shipment) -> list[TrackingEvent]:
    return _events(shipment=shipment.pk)


def noticed_statuses(shipment: Shipment) -> set[str]:
    """What the buyer was, or was not worth being, told of."""
    return set(_noticed(shipment=shipment.pk))
