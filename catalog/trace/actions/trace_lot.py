"""What the market itself does with a lot, as events: derived from what is written already, so that nothing that sells
or ships waits for it. Told twice, an event is stored once."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from catalog.lots.models import HarvestLot, LotEvent, LotStock, new_lot_code
from catalog.stock.models import StockMovement
from catalog.trace.actions.record_event import record_event
from catalog.trace.models import TracedLot, TraceEvent, TraceEventLot
from catalog.trace.own import event_name, lot_uri
from catalog.trace.reader import read_event
from market.common.errors import MarketError
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Enterprise

logger = logging.getLogger(__name__)
GRAM = Decimal("0.001")
S = HarvestLot.State
# What a lot's state is called in the standard's vocabulary: step, disposition.
_STATES = {
    S.QUARANTINED: ("holding", "non_sellable_other"),
    S.OPEN: ("storing", "sellable_accessible"),
    S.RECALLED: ("holding", "recalled"),
}


def trace_lot(lot: HarvestLot, *, now: datetime) -> TracedLot:
    """The lot with the event of its birth: it came into a warehouse with so much, from this origin. Where partners have
    told how it was made, it was received. Of a lot that has its event already, nothing."""
    if lot.code is None:
        HarvestLot.objects.filter(pk=lot.pk, code=None).update(code=new_lot_code())
        lot.refresh_from_db(fields=["code"])
    name = event_name("lot.opened", lot.code)
    if not TraceEvent.objects.filter(enterprise=lot.enterprise_id, event_id=name).exists():
        record_own(lot.enterprise, _birth(lot, name), now=now)
    return TracedLot.objects.select_related("lot").get(lot=lot)


def own_event(name: str, at: datetime, *, step: str, disposition: str, **fields: Any) -> dict[str, Any]:
    """Of goods that are seen as they are, unless `fields` say otherwise."""
    local = timezone.localtime(at)
    return {
        "eventID": name,
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": local.isoformat(),
        "eventTimeZoneOffset": f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:],
        "bizStep": step,
        "disposition": disposition,
    } | fields


def record_own(
    enterprise: Enterprise, body: Mapping[str, Any], *, by_market: bool = False, now: datetime
) -> TraceEvent:
    """As a partner's document would be: through JSON, so that numbers are what JSON has."""
    return record_event(enterprise, read_event(json.loads(json.dumps(body))), by_market=by_market, now=now)


def quantity_of(lot: HarvestLot, kg: Decimal | None) -> dict[str, Any]:
    """To the gram. None, or nothing: all of it."""
    said: dict[str, Any] = {"epcClass": lot_uri(lot)}
    return said | {"quantity": float(kg.quantize(GRAM, ROUND_HALF_UP)), "uom": "KGM"} if kg and kg >= GRAM else said


def ilmd_of(lot: HarvestLot) -> dict[str, str]:
    said = {
        "cbvmda:lotNumber": lot.number,
        "cbvmda:countryOfOrigin": lot.product.origin_country,
        "agri:originSubdivision": lot.origin_subdivision,
        "agri:harvestStartDate": lot.harvested_from.isoformat(),
        "agri:harvestEndDate": lot.harvested_to.isoformat(),
    }
    return said | ({"cbvmda:bestBeforeDate": lot.best_before.isoformat()} if lot.best_before else {})


def _birth(lot: HarvestLot, name: str) -> dict[str, Any]:
    made = TraceEventLot.objects.filter(lot__lot=lot, role=TraceEventLot.Role.OUTPUT)
    quantities = [quantity_of(lot, _received(lot))]
    if made.filter(event__corrects=None, event__declaration=None).exists():
        return own_event(name, lot.created_at, step="receiving", disposition="in_progress", quantityList=quantities)
    return own_event(
        name,
        lot.created_at,
        step="commissioning",
        disposition="active",
        action="ADD",
        quantityList=quantities,
        ilmd=ilmd_of(lot),
    )


def _received(lot: HarvestLot) -> Decimal:
    """Kg that came in under its number; of goods that were given their number later, what lies there."""
    came = StockMovement.objects.filter(
        kind=StockMovement.Kind.RECEIPT, lot_number=lot.number, stock_item__variant__product=lot.product_id
    )
    rows = came.values_list("quantity", "stock_item__variant__net_kg")
    lies = LotStock.objects.filter(lot=lot).select_related("stock_item__variant")
    received = sum((quantity * net_kg for quantity, net_kg in rows), Decimal(0))
    return received or sum(((row.on_hand + row.held) * row.stock_item.variant.net_kg for row in lies), Decimal(0))


def write_births(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `lot.opened`."""
    found = _by_key(HarvestLot, [event.subject for event in events], "enterprise", "product")
    for event in events:
        if lot := found.get(int(event.subject)):
            with unless_refused(event):
                trace_lot(lot, now=now)


def write_moves(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `lot.moved`: quarantine, release, recall."""
    found = _by_key(LotEvent, [event.subject for event in events], "lot__enterprise", "lot__product")
    for event in events:
        if move := found.get(int(event.subject)):
            with unless_refused(event):
                _write_move(move, now)


def _write_move(move: LotEvent, now: datetime) -> None:
    trace_lot(move.lot, now=now)
    step, disposition = _STATES[S(move.to_state)]
    body = own_event(
        event_name("lot.moved", move.lot.code, move.pk),
        move.at,
        step=step,
        disposition=disposition,
        quantityList=[quantity_of(move.lot, None)],
    )
    if move.to_state == S.RECALLED:
        body["persistentDisposition"] = {"set": ["recalled"]}
    record_own(move.lot.enterprise, body, by_market=True, now=now)


@contextmanager
def unless_refused(event: OutboxEvent) -> Iterator[None]:
    """What a rule refuses will be refused again: it is noted and left out, nothing else waits for it."""
    try:
        yield
    except MarketError as error:
        logger.warning("no trace event of %s %s: %s", event.topic, event.subject, error)


def _by_key(model: Any, subjects: Sequence[str], *joined: str) -> dict[int, Any]:
    rows = model.objects.filter(pk__in=[int(subject) for subject in subjects]).select_related(*joined)
    return {row.pk: row for row in rows}
