"""Reads of the trace: where a lot came from, what it went into, who was sent what."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.lots.models import HarvestLot
from catalog.trace.actions.record_event import event_hash
from catalog.trace.graph import downstream_of, upstream_of
from catalog.trace.models import TracedLot, TraceEvent, TraceEventLot, TraceEventUnit
from market.common.chain import first_broken
from market.enterprises.models import Enterprise

ZERO = Decimal(0)
Role, UnitRole = TraceEventLot.Role, TraceEventUnit.Role
SHIPPING = "shipping"


@dataclass(frozen=True)
class Reach:
    """How far goods of one lot went, as events say: lots made from it (itself first), pallets and cases they stood on,
    orders and buyers by their addresses, and lots of which something should still be there."""

    lots: tuple[TracedLot, ...]
    units: tuple[str, ...]
    orders: tuple[str, ...]
    buyers: tuple[str, ...]
    on_hand: tuple[TracedLot, ...]


@dataclass(frozen=True)
class Family:
    """All lots that one came from and went into, by whatever way."""

    came_from: Sequence[TracedLot] = ()
    went_into: Sequence[TracedLot] = ()


def sources_of(lot: TracedLot) -> list[TracedLot]:
    """Everything that went into it, by any way."""
    return _lots(upstream_of([lot.pk]))


def made_from(lot: TracedLot) -> list[TracedLot]:
    """Everything that something of it went into."""
    return _lots(downstream_of([lot.pk]))


def harvests_made_from(lot: HarvestLot) -> list[HarvestLot]:
    """Lots of the market that something of this one went into. Two statements."""
    start = TracedLot.objects.filter(lot=lot).values_list("pk", flat=True)
    keys = downstream_of(start)
    rows = HarvestLot.objects.filter(traced__in=keys).exclude(pk=lot.pk)
    return list(rows.select_related("product", "enterprise__unit").order_by("pk")) if keys else []


def family_of(lot: HarvestLot) -> Family:
    """Five statements, one for a lot of which no event has spoken."""
    traced = TracedLot.objects.filter(lot=lot).first()
    return Family(sources_of(traced), made_from(traced)) if traced else Family()


def _lots(keys: Collection[int]) -> list[TracedLot]:
    return list(TracedLot.objects.filter(pk__in=keys).select_related("lot__product").order_by("pk"))


def reach_in_events(lot: TracedLot) -> Reach:
    """By what events say, also of partners' lots; `orders.recalls` knows to the gram what the market itself shipped."""
    lots = [lot, *made_from(lot)]
    keys = {one.pk for one in lots}
    contents = _contents(lot.enterprise_id, keys)
    shipped = _shippings(lot.enterprise_id, keys, contents)
    left = _balance(keys, contents, shipped)
    bodies = [json.loads(event.payload) for event in shipped]
    return Reach(
        lots=tuple(lots),
        units=tuple(sorted(contents)),
        orders=tuple(sorted({_last_part(uri) for body in bodies for uri in _orders(body)})),
        buyers=tuple(sorted({uri for body in bodies for uri in _buyers(body)})),
        on_hand=tuple(one for one in lots if left[one.pk] > 0),
    )


def told_reach(lot: HarvestLot) -> Reach | None:
    """Of a lot of the market; None while no event has spoken of it."""
    traced = TracedLot.objects.filter(lot=lot).select_related("lot__product").first()
    return reach_in_events(traced) if traced else None


def _contents(enterprise_id: int, lots: Collection[int]) -> dict[str, dict[int, Decimal]]:
    """Unit -> lot -> quantity that was ever packed on it, also by a case that stood on it. Taking down is not counted:
    what once stood beside the goods is looked at, too."""
    packed: dict[str, dict[int, Decimal]] = defaultdict(dict)
    said = TraceEventUnit.objects.filter(
        event__enterprise_id=enterprise_id, event__in=_standing(), role=UnitRole.PARENT
    )
    rows = said.filter(event__action="ADD", event__lots__lot__in=lots, event__lots__role=Role.CHILD)
    for uri, lot, quantity in rows.values_list("uri", "event__lots__lot", "event__lots__quantity"):
        assert lot is not None  # an inner join
        packed[uri][lot] = packed[uri].get(lot, ZERO) + (quantity or ZERO)
    waiting = list(packed)
    while waiting:
        inner = waiting.pop()
        outer = said.filter(event__units__uri=inner, event__units__role=UnitRole.CHILD).values_list("uri", flat=True)
        for uri in outer:
            if uri not in packed:
                waiting.append(uri)
            for lot, quantity in packed[inner].items():
                packed[uri].setdefault(lot, quantity)
    return dict(packed)


def _standing() -> "Iterable[int]":
    return TraceEvent.objects.standing().values("pk")  # type: ignore[return-value]


def _shippings(enterprise_id: int, lots: Collection[int], units: Iterable[str]) -> list[TraceEvent]:
    """Standing events by which goods went to somebody who had ordered them; a farm's own way to its plant is none."""
    rows = TraceEvent.objects.for_enterprise(enterprise_id).standing().filter(biz_step=SHIPPING)
    by_lot = rows.filter(lots__lot__in=lots)
    by_unit = rows.filter(units__uri__in=list(units))
    found = {event.pk: event for event in (*by_lot, *by_unit)}
    return [event for _key, event in sorted(found.items()) if any(_orders(json.loads(event.payload)))]


def _balance(
    lots: Collection[int], contents: dict[str, dict[int, Decimal]], shipped: Iterable[TraceEvent]
) -> dict[int, Decimal]:
    """By lot in its own unit: what was made, less what went into others and what was sent to buyers."""
    left: dict[int, Decimal] = defaultdict(Decimal)
    keys = [event.pk for event in shipped]
    said = TraceEventLot.objects.filter(lot__in=lots, event__in=_standing())
    for row in said.select_related("event"):
        quantity = row.quantity or ZERO
        if row.role == Role.OUTPUT or (row.role == Role.OBJECT and row.event.action == "ADD"):
            left[row.lot_id] += quantity
        elif row.role == Role.INPUT or row.event_id in keys:
            left[row.lot_id] -= quantity
    for uri in TraceEventUnit.objects.filter(event__in=keys, role=UnitRole.OBJECT).values_list("uri", flat=True):
        for lot, quantity in contents.get(uri, {}).items():
            left[lot] -= quantity
    return left


def _orders(body: dict[str, object]) -> list[str]:
    return _named(body, "bizTransactionList", "bizTransaction", "po")


def _buyers(body: dict[str, object]) -> list[str]:
    return _named(body, "destinationList", "destination", "owning_party")


def _named(body: dict[str, object], names: str, name: str, kind: str) -> list[str]:
    rows = body.get(names)
    found = rows if isinstance(rows, list) else []
    return [str(row[name]) for row in found if isinstance(row, dict) and row.get("type") == kind and name in row]


def _last_part(uri: str) -> str:
    return uri.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def first_broken_event(enterprise: Enterprise) -> TraceEvent | None:
    """Walks the chain: the first event that does not fit, or None when all is well."""
    rows = TraceEvent.objects.for_enterprise(enterprise.pk).order_by("sequence").iterator(chunk_size=2000)
    return first_broken(rows, lambda row: event_hash(row, enterprise.number))
