"""A carrier's report becomes events; all events of the shipment become its status; the order follows."""

from datetime import datetime

from django.db import transaction

from market.common.outbox.record import record_event
from orders.actions.accept_delivery import keep_acceptance_clock
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import Report
from orders.shipments.fold import Scan, fold
from orders.shipments.models import Shipment, TrackingEvent


class UnknownNumberError(LookupError):
    """No shipment has this number (yet: the report may be faster than the seller's form)."""


def register_report(report: Report, *, received_at: datetime, now: datetime) -> list[Shipment]:
    """Stores new events once, folds all of them from scratch under the row locks (orders, then shipments, as shipping
    does), starts or stops the acceptance clock. Raises UnknownNumberError."""
    numbers = Shipment.objects.filter(waybill=report.tracking_number).values_list("pk", flat=True)
    if not numbers:
        raise UnknownNumberError("no shipment has this tracking number")
    with transaction.atomic():
        orders = list(
            SellerOrder.objects.select_for_update()
            .filter(pk__in=Shipment.objects.filter(pk__in=numbers).values("seller_order"))
            .order_by("pk")
        )
        shipments = list(Shipment.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))
        for shipment in shipments:
            _add_events(shipment, report, received_at)
            _refold(shipment, report, now)
        for order in orders:
            keep_acceptance_clock(order, now=now)
    return shipments


def _add_events(shipment: Shipment, report: Report, received_at: datetime) -> None:
    TrackingEvent.objects.bulk_create(
        [
            TrackingEvent(
                shipment=shipment,
                key=event.key,
                occurred_at=event.occurred_at,
                received_at=received_at,
                status=event.status,
                substatus=event.substatus,
                flags=list(event.flags),
                sequence=event.sequence,
                place=event.place,
                text=event.text,
                raw_code=event.raw_code,
            )
            for event in report.events
        ],
        ignore_conflicts=True,
    )


def _refold(shipment: Shipment, report: Report, now: datetime) -> None:
    before = shipment.status
    folded = fold(
        Scan(row.key, row.occurred_at, row.received_at, row.status, row.substatus, tuple(row.flags), row.sequence)
        for row in shipment.events.all()
    )
    shipment.status = folded.status
    shipment.substatus = folded.substatus
    shipment.status_at = folded.status_at
    shipment.flags = sorted(folded.flags)
    shipment.eta = report.eta or shipment.eta
    shipment.monitoring = report.monitoring or shipment.monitoring
    shipment.save(update_fields=["status", "substatus", "status_at", "flags", "eta", "monitoring"])
    if shipment.status != before:
        record_event("shipment.moved", shipment.number, now=now, status=shipment.status)
