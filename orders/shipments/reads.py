"""What registering a carrier's report reads, compiled once: it happens more often than anything else here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import BigIntegerField, CharField, F, QuerySet

from market.common.prepared import IsIn, PreparedSelect
from orders.shipments.carriers.base import Report
from orders.shipments.models import Notice, Parcel, Shipment, TrackingEvent

_OF_SHIPMENTS = IsIn(F("shipment_id"), "shipments", BigIntegerField())


def _by_number() -> QuerySet[Shipment, tuple[int, str, str]]:
    """Two halves, each by its index: with OR in one of them every shipment would be looked at."""
    by_waybill = Shipment.objects.filter(IsIn(F("waybill"), "numbers", CharField()))
    by_parcel = Shipment.objects.filter(IsIn(F("parcels__number"), "numbers", CharField()))
    parcels = by_parcel.values_list("pk", "carrier", "parcels__number")
    return by_waybill.values_list("pk", "carrier", "waybill").union(parcels)


_find = PreparedSelect(_by_number)
_lock = PreparedSelect(
    lambda: (
        Shipment.objects.select_for_update(of=("self",)).filter(IsIn(F("pk"), "keys", BigIntegerField())).order_by("pk")
    )
)
_parcels = PreparedSelect(lambda: Parcel.objects.filter(_OF_SHIPMENTS).order_by("pk"))
_events = PreparedSelect(lambda: TrackingEvent.objects.filter(_OF_SHIPMENTS))
_notices = PreparedSelect(lambda: Notice.objects.filter(_OF_SHIPMENTS))


def shipments_named(reports: Iterable[Report]) -> list[dict[int, str]]:
    """For each report the shipments it names: key -> carrier. One statement for all that name any."""
    told = [report.numbers for report in reports]
    numbers = {number for names in told for number in names}
    known = defaultdict[str, dict[int, str]](dict)
    for pk, carrier, number in _find(numbers=sorted(numbers)) if numbers else []:
        known[number][pk] = carrier
    return [{pk: name for number in names for pk, name in known.get(number, {}).items()} for names in told]


def lock_shipments(keys: Sequence[int]) -> list[Shipment]:
    """In the order of their keys; the caller holds their orders' locks."""
    return _lock(keys=list(keys))


def parcels_of(keys: Sequence[int]) -> dict[int, dict[str, Parcel]]:
    """By shipment and number, the declared ones first."""
    found = defaultdict[int, dict[str, Parcel]](dict)
    for parcel in _parcels(shipments=list(keys)):
        found[parcel.shipment_id][parcel.number] = parcel
    return found


def events_of(keys: Sequence[int]) -> dict[int, list[TrackingEvent]]:
    found = defaultdict[int, list[TrackingEvent]](list)
    for event in _events(shipments=list(keys)):
        found[event.shipment_id].append(event)
    return found


def notices_of(keys: Sequence[int]) -> dict[int, dict[str, Notice]]:
    """By shipment and status."""
    found = defaultdict[int, dict[str, Notice]](dict)
    for notice in _notices(shipments=list(keys)):
        found[notice.shipment_id][notice.status] = notice
    return found
