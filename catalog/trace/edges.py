"""Which lot was made from which, read out of events: of one event, or of all that share a transformation."""

from itertools import product

from catalog.trace.models import LotEdge, TraceEvent, TraceEventLot, TraceEventQuerySet

Role = TraceEventLot.Role


def family_of(enterprise_id: int, transformation_id: str) -> TraceEventQuerySet:
    """Standing events that tell one transformation; none without an id."""
    rows = TraceEvent.objects.for_enterprise(enterprise_id).standing()
    return rows.filter(transformation_id=transformation_id) if transformation_id else rows.none()


def write_edges(event: TraceEvent) -> None:
    """Of the transformation that `event` belongs to, anew: everything that goes in by any of its events goes into
    everything that comes out by any. An edge is of the event that tells the output. Nothing for other kinds of events,
    nor while nothing has come out. The caller holds the head of the enterprise's chain."""
    if event.type != TraceEvent.Type.TRANSFORMATION:
        return
    rows = TraceEvent.objects.filter(enterprise_id=event.enterprise_id)
    told = (
        rows.filter(transformation_id=event.transformation_id) if event.transformation_id else rows.filter(pk=event.pk)
    )
    if not TraceEventLot.objects.filter(event__in=told.values("pk"), role=Role.OUTPUT).exists():
        return
    LotEdge.objects.filter(event__in=told.values("pk")).delete()
    said = TraceEventLot.objects.filter(event__in=told.standing().values("pk")).order_by("pk")
    inputs = {row.lot_id: None for row in said if row.role == Role.INPUT}
    outputs = {(row.lot_id, row.event_id): None for row in said if row.role == Role.OUTPUT}
    LotEdge.objects.bulk_create(
        LotEdge(parent_id=parent, child_id=child, event_id=maker) for parent, (child, maker) in product(inputs, outputs)
    )
