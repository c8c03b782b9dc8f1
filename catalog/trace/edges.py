"""Which lot was made from which, read out of events: of one event, or of all that share a transformation."""

from collections.abc import Sequence
from itertools import product

from catalog.trace.models import LotEdge, TraceEvent, TraceEventLot

Role = TraceEventLot.Role


def transformed(enterprise_id: int, transformation_id: str) -> Sequence[TraceEvent]:
    """Standing events of one transformation, in the order they came; none without an id."""
    if not transformation_id:
        return []
    rows = TraceEvent.objects.for_enterprise(enterprise_id).standing().filter(transformation_id=transformation_id)
    return list(rows.order_by("sequence"))


def write_edges(event: TraceEvent) -> None:
    """Of the transformation that `event` belongs to, anew: everything that goes in by any of its events goes into
    everything that comes out by any. An edge is of the event that tells the output. Nothing for other kinds of events.
    The caller holds the head of the enterprise's chain."""
    if event.type != TraceEvent.Type.TRANSFORMATION:
        return
    family = TraceEvent.objects.filter(enterprise_id=event.enterprise_id)
    same = (
        family.filter(transformation_id=event.transformation_id)
        if event.transformation_id
        else family.filter(pk=event.pk)
    )
    LotEdge.objects.filter(event__in=same.values("pk")).delete()
    said = TraceEventLot.objects.filter(event__in=same.standing().values("pk")).order_by("pk")
    inputs = {row.lot_id: None for row in said if row.role == Role.INPUT}
    outputs = {(row.lot_id, row.event_id): None for row in said if row.role == Role.OUTPUT}
    LotEdge.objects.bulk_create(
        LotEdge(parent_id=parent, child_id=child, event_id=maker) for parent, (child, maker) in product(inputs, outputs)
    )
