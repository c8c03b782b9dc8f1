"""Add one event to an enterprise's chain, once, when every rule agrees."""

import json
from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.lots.errors import LotClosed
from catalog.lots.models import HarvestLot
from catalog.trace import rules
from catalog.trace.edges import family_of, write_edges
from catalog.trace.errors import DeclaredAlready, UnknownEvent, UnknownLot
from catalog.trace.graph import downstream_of, upstream_of
from catalog.trace.models import TracedLot, TraceEvent, TraceEventLot, TraceEventQuerySet, TraceEventUnit, TraceHead
from catalog.trace.own import code_of, lot_uri
from catalog.trace.reader import ReadEvent, read_event
from market.common.chain import FIRST, canonical_json, linked_hash
from market.common.errors import InvalidInput
from market.enterprises.models import Enterprise

Role = TraceEventLot.Role


def record_event(enterprise: Enterprise, event: ReadEvent, *, by_market: bool = False, now: datetime) -> TraceEvent:
    """Effects: head of the chain locked, the event with its lots and units, edges of the graph, head moved. The same
    event again changes nothing and returns what is stored.

    `by_market`: seen by the market itself, not told by the enterprise. Lots that nobody has named before are made,
    always for `enterprise`; an address of the market's own must be a lot of it. Raises RuleBroken, UnknownLot,
    LotClosed (something recalled would go into something), InvalidInput (serial items, which are not traced here), and
    for a declaration of error UnknownEvent, DeclaredAlready.
    """
    with transaction.atomic():
        head = lock_chain(enterprise)
        before = TraceEvent.objects.filter(enterprise=enterprise, event_id=event.event_id, corrects=None).first()
        payload = canonical_json(event.body)
        if event.declares:
            return _declare(head, event, payload, before, now=now)
        if before is not None:
            if before.payload == payload:
                return before
            raise rules.refuse(event, "event_id_unique", _("another event has this name already."))
        if event.serials:
            raise InvalidInput(fields={"inputEPCList": _("single items are not traced here, lots are")})
        _check_alone(event, now)
        lots = _lots_of(enterprise, event)
        _check_with_others(enterprise, event, lots)
        row = _append(head, event, payload, by_market=by_market, now=now)
        TraceEventLot.objects.bulk_create(
            TraceEventLot(event=row, lot=lots[said.uri], role=said.role, quantity=said.quantity, unit=said.unit)
            for said in event.lots
        )
        TraceEventUnit.objects.bulk_create(TraceEventUnit(event=row, role=role, uri=uri) for role, uri in event.units)
        write_edges(row)
    return row


def event_hash(row: TraceEvent, enterprise_number: str) -> str:
    """Over everything a row says: `payload` holds all the columns that an event has."""
    moment = row.recorded_at.astimezone(UTC).isoformat()
    content = [enterprise_number, row.sequence, moment, bool(row.corrects_id), row.by_market, row.payload]
    return linked_hash(row.previous_hash, content)


def stored_event(row: TraceEvent) -> ReadEvent:
    return read_event(json.loads(row.payload))


def lock_chain(enterprise: Enterprise) -> TraceHead:
    """While it is held nobody else adds events or edges of the enterprise. Comes before the lock of any lot: whoever
    needs both takes them in this order."""
    TraceHead.objects.get_or_create(enterprise=enterprise, defaults={"hash": FIRST})
    return TraceHead.objects.select_for_update(of=("self",)).select_related("enterprise").get(enterprise=enterprise)


def _append(
    head: TraceHead,
    event: ReadEvent,
    payload: str,
    *,
    corrects: TraceEvent | None = None,
    by_market: bool = False,
    now: datetime,
) -> TraceEvent:
    row = TraceEvent(
        enterprise=head.enterprise,
        event_id=event.event_id,
        type=event.type,
        action=event.action,
        event_time=event.at,
        offset=event.offset,
        recorded_at=now,
        biz_step=event.biz_step,
        disposition=event.disposition,
        read_point=event.read_point,
        location=event.location,
        transformation_id=event.transformation_id,
        payload=payload,
        corrects=corrects,
        error_reason=event.declares,
        by_market=by_market,
        sequence=head.sequence + 1,
        previous_hash=head.hash,
    )
    row.hash = event_hash(row, head.enterprise.number)
    row.save(force_insert=True)
    head.sequence, head.hash = row.sequence, row.hash
    head.save(update_fields=["sequence", "hash"])
    return row


def _declare(
    head: TraceHead, event: ReadEvent, payload: str, before: TraceEvent | None, *, now: datetime
) -> TraceEvent:
    """What the wrong event said of lots stays readable; of the graph it is taken out."""
    if before is None:
        raise UnknownEvent(event=event.event_id)
    known = TraceEvent.objects.filter(corrects=before).first()
    if known is not None:
        if known.payload == payload:
            return known
        raise DeclaredAlready(event=event.event_id)
    rules.check_time(event, now)
    row = _append(head, event, payload, corrects=before, now=now)
    write_edges(before)
    return row


def _check_alone(event: ReadEvent, now: datetime) -> None:
    rules.check_digits(event)
    rules.check_time(event, now)
    rules.check_quantities(event)
    rules.check_origin(event)


def _lots_of(enterprise: Enterprise, event: ReadEvent) -> dict[str, TracedLot]:
    """By address. `net_kg` is written at a lot's birth and never again."""
    uris = {lot.uri for lot in event.lots}
    own = _own_lots(enterprise, uris)
    kept = {uri: lot_uri(own[uri]) if uri in own else uri for uri in uris}
    rows = TracedLot.objects.for_enterprise(enterprise.pk).filter(uri__in=kept.values()).select_related("lot")
    found = {row.uri: row for row in rows}
    born = {lot.uri for lot in event.of_role(Role.OUTPUT)}
    net_kg = rules.net_kg_of(event)
    for uri in sorted(uris):
        if kept[uri] not in found:
            each = net_kg if uri in born else None
            found[kept[uri]] = TracedLot.objects.create(
                enterprise=enterprise, uri=kept[uri], lot=own.get(uri), net_kg=each
            )
        elif uri in born and net_kg and found[kept[uri]].net_kg is None:
            found[kept[uri]].net_kg = net_kg
            found[kept[uri]].save(update_fields=["net_kg"])
    return {uri: found[kept[uri]] for uri in uris}


def _own_lots(enterprise: Enterprise, uris: set[str]) -> dict[str, HarvestLot]:
    codes = {uri: code for uri in uris if (code := code_of(uri))}
    if not codes:
        return {}
    rows = HarvestLot.objects.for_enterprise(enterprise.pk).filter(code__in=codes.values())
    found = {row.code: row for row in rows}
    for uri, code in codes.items():
        if code not in found:
            raise UnknownLot(lot=uri)
    return {uri: found[code] for uri, code in codes.items()}


def _check_with_others(enterprise: Enterprise, event: ReadEvent, lots: dict[str, TracedLot]) -> None:
    rules.check_balance(event, {uri: row.net_kg for uri, row in lots.items()})
    _check_order(event, lots)
    family = family_of(enterprise.pk, event.transformation_id)
    rules.check_interval(event, map(stored_event, _asked(event, family)))
    outputs = _side(event, family, lots, Role.OUTPUT)
    if outputs:
        made = set(downstream_of(outputs))
        if (outputs | made) & _side(event, family, lots, Role.INPUT):
            raise rules.refuse(event, "lot_graph_acyclic", _("a lot would go into itself."))
    _refuse_recalled({lots[lot.uri].pk for lot in event.of_role(Role.INPUT)})


def _asked(event: ReadEvent, family: TraceEventQuerySet) -> TraceEventQuerySet:
    """Of a season with hundreds of treatments, a harvest concerns all of them and a treatment the harvests only."""
    return family if event.biz_step == rules.COMMISSIONING else family.filter(biz_step=rules.COMMISSIONING)


def _refuse_recalled(inputs: set[int]) -> None:
    """Also where what goes in was made from a recalled lot. A recall takes the lock of the chain that is held here."""
    sources = [*inputs, *upstream_of(inputs)] if inputs else []
    recalled = HarvestLot.objects.filter(traced__in=sources, state=HarvestLot.State.RECALLED).order_by("pk").first()
    if recalled is not None:
        raise LotClosed(number=recalled.number)


def _side(event: ReadEvent, family: TraceEventQuerySet, lots: dict[str, TracedLot], role: str) -> set[int]:
    """Keys of what goes in, or comes out, by this event and those of the same transformation."""
    told = TraceEventLot.objects.filter(event__in=family.order_by().values("pk"), role=role)
    own = {lots[lot.uri].pk for lot in event.of_role(role)}
    return own | ({row.lot_id for row in told} if event.transformation_id else set())


def _check_order(event: ReadEvent, lots: dict[str, TracedLot]) -> None:
    """Nothing is used before it was made. Rule event_time."""
    used = [lots[lot.uri].pk for lot in event.of_role(Role.INPUT, Role.OBJECT, Role.CHILD)]
    made = [lots[lot.uri].pk for lot in event.of_role(Role.OUTPUT)]
    said = TraceEventLot.objects.filter(event__corrects=None, event__declaration=None)
    late = said.filter(lot__in=used, role=Role.OUTPUT, event__event_time__gt=event.at).exists()
    early = said.filter(lot__in=made, event__event_time__lt=event.at).exclude(role=Role.OUTPUT).exists()
    if (used and late) or (made and early):
        raise rules.refuse(event, "event_time", _("a lot is used before it was made."))
