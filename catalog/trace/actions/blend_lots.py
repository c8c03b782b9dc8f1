"""A seller grades, blends or packs anew: lots go in, lots come out, and stock says the same as the trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from os.path import commonpath
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.lots.actions.quarantine_lot import lock_lots
from catalog.lots.actions.receive_lot import Origin, open_lot
from catalog.lots.actions.take_lot import take_lot
from catalog.lots.errors import LotExists
from catalog.lots.models import HarvestLot, LotStock, normal_lot_number
from catalog.products.models import Variant
from catalog.stock.actions.change_stock import receive_stock
from catalog.stock.errors import AlreadyReceived
from catalog.stock.models import StockItem, Warehouse
from catalog.trace.actions.record_event import lock_chain
from catalog.trace.actions.trace_lot import own_event, quantity_of, record_own, trace_lot
from catalog.trace.models import TraceEvent
from catalog.trace.own import event_name, step_uri
from catalog.trace.rules import LOSS, balance_words
from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotFound
from market.common.fields import QuantityField
from market.common.quantity import fits_places, plain
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit

ZERO = Decimal(0)
MOST_KG = Decimal(10) ** 8


class Work(models.TextChoices):
    GRADING = "grading", gettext_lazy("sorted into grades")
    BLENDING = "blending", gettext_lazy("mixed or processed")
    PACKING = "packing", gettext_lazy("packed anew")


@dataclass(frozen=True)
class Taken:
    lot: HarvestLot
    kg: Decimal


@dataclass(frozen=True)
class Made:
    """`best_before` None: the earliest of what goes in."""

    variant: Variant
    warehouse: Warehouse
    lot_number: str
    kg: Decimal
    best_before: date | None = None


def blend_lots(
    enterprise: Enterprise,
    taken: Sequence[Taken],
    made: Sequence[Made],
    *,
    loss: Decimal = ZERO,
    work: str,
    key: str,
    by: User,
    now: datetime,
) -> TraceEvent:
    """Effects in order: goods go out of stock lot by lot, new lots are made (harvest days and origin are those of all
    inputs together) and received, one TransformationEvent, an act in the log. `key` names the form: sent twice it
    counts once (AlreadyReceived).

    Raises InvalidInput (fields `inputs.N`, `outputs.N`, `loss`: weights that do not add up, a mixture of provinces,
    other goods out of mere sorting), LotClosed, LotShort, LotExists for a number that is taken, NotFound for what is
    another's; nothing changes then.
    """
    _check(enterprise, taken, made, loss, work)
    with transaction.atomic():
        lock_chain(enterprise)
        name = event_name("blend", enterprise.number, key)
        if TraceEvent.objects.filter(enterprise=enterprise, event_id=name).exists():
            raise AlreadyReceived()
        items = [StockItem.objects.get_or_create(variant=o.variant, warehouse=o.warehouse)[0].pk for o in made]
        weights: dict[int, Decimal] = {}
        for part in taken:
            weights[part.lot.pk] = weights.get(part.lot.pk, ZERO) + part.kg
        inputs = lock_lots(weights, items)
        numbers = list(dict.fromkeys(normal_lot_number(part.lot_number) for part in made))
        _refuse_taken_numbers(enterprise, numbers)
        origin = _origin_of(inputs)
        for lot in inputs:
            trace_lot(lot, now=now)  # before anything is taken: it is born with all that came in
            place = next(place for place, part in enumerate(taken) if part.lot.pk == lot.pk)
            take_lot(
                lot,
                weights[lot.pk],
                note="→ " + ", ".join(numbers),
                reference=key,
                by=by,
                now=now,
                field=f"inputs.{place}",
            )
        outputs = _received(made, inputs, origin, key=key, by=by, now=now)
        event = record_own(enterprise, _event(name, inputs, weights, outputs, loss, work, now), now=now)
        facts = {"inputs": ", ".join(lot.number for lot in inputs), "outputs": ", ".join(numbers), "loss": plain(loss)}
        record_act(actor=by, action="lot.blended", subject_kind="trace_event", subject_id=name, now=now, **facts)
    return event


def _check(enterprise: Enterprise, taken: Sequence[Taken], made: Sequence[Made], loss: Decimal, work: str) -> None:
    if any(part.lot.enterprise_id != enterprise.pk for part in taken):
        raise NotFound()
    for out in made:
        if {out.variant.product.enterprise_id, out.warehouse.enterprise_id} != {enterprise.pk}:
            raise NotFound()
    fields: dict[str, str] = {}
    if work not in Work.values:
        fields["work"] = _("say what was done")
    if not taken:
        fields["inputs.0"] = _("say what goes in")
    if not made:
        fields["outputs.0"] = _("say what comes out")
    weights = {f"inputs.{place}": part.kg for place, part in enumerate(taken)}
    weights |= {f"outputs.{place}": part.kg for place, part in enumerate(made)}
    for name, kg in weights.items():
        if not fits_places(kg, 3) or not ZERO < kg <= MOST_KG:
            fields[name] = _("a weight in kg above zero, with at most three decimal places")
    if not fits_places(loss, 3) or not ZERO <= loss <= MOST_KG:
        fields["loss"] = _("not negative, with at most three decimal places")
    if fields:
        raise InvalidInput(fields=fields)
    if work != Work.BLENDING:
        _refuse_other_goods(taken, made)
    goes_in, comes_out = sum((part.kg for part in taken), ZERO), sum((part.kg for part in made), ZERO)
    if goes_in != comes_out + loss:
        raise InvalidInput(fields={"loss": balance_words(goes_in, comes_out, loss)})


def _refuse_other_goods(taken: Sequence[Taken], made: Sequence[Made]) -> None:
    """Sorting and packing turn no grapes into jujubes."""
    categories = {part.lot.product.category_id for part in taken}
    for place, out in enumerate(made):
        if out.variant.product.category_id not in categories:
            words = _("sorting and packing make no other goods; choose “mixed or processed” if this was processed")
            raise InvalidInput(fields={f"outputs.{place}": words})


def _refuse_taken_numbers(enterprise: Enterprise, numbers: Sequence[str]) -> None:
    """What is made is a lot of its own: added to another, nobody could tell the two apart."""
    known = HarvestLot.objects.for_enterprise(enterprise.pk).filter(number__in=numbers).order_by("pk").first()
    if known is not None:
        raise LotExists(number=known.number)


def _origin_of(lots: Sequence[HarvestLot]) -> Origin:
    """The smallest unit that holds all places they grew. Raises InvalidInput for lots of several provinces."""
    subdivisions = {lot.origin_subdivision for lot in lots}
    if len(subdivisions) > 1:
        raise InvalidInput(
            fields={"inputs.0": _("lots of different provinces cannot become one: its origin is on the label")}
        )
    paths = list(OrgUnit.objects.filter(lots__in=lots).distinct().values_list("path", flat=True))
    unit = OrgUnit.objects.filter(path=f"{commonpath(paths)}/").first()
    if unit is None:
        raise InvalidInput(fields={"inputs.0": _("these lots have no place of origin in common")})
    return Origin(unit.pk, subdivisions.pop())


def _received(
    made: Sequence[Made], inputs: Sequence[HarvestLot], origin: Origin, *, key: str, by: User, now: datetime
) -> list[tuple[HarvestLot, Decimal]]:
    soonest = min((lot.best_before for lot in inputs if lot.best_before), default=None)
    weights: dict[int, tuple[HarvestLot, Decimal]] = {}
    for place, out in enumerate(made):
        units = out.kg / out.variant.net_kg
        if not fits_places(units, 3):
            words = _("%(kg)s kg is no number of packings of %(net)s kg with three decimal places.")
            facts = {"kg": plain(out.kg), "net": plain(out.variant.net_kg)}
            raise InvalidInput(fields={f"outputs.{place}": words % facts})
        lot = open_lot(
            out.variant,
            out.lot_number,
            min(lot.harvested_from for lot in inputs),
            max(lot.harvested_to for lot in inputs),
            best_before=out.best_before or soonest,
            origin=origin,
            now=now,
        )
        item = receive_stock(
            out.variant, out.warehouse, units, lot_number=lot.number, by=by, reference=f"{key}-{place}", now=now
        )
        held, _created = LotStock.objects.get_or_create(lot=lot, stock_item=item)
        value = models.Value(units, output_field=QuantityField())
        LotStock.objects.filter(pk=held.pk).update(on_hand=models.F("on_hand") + value)
        weights[lot.pk] = (lot, weights[lot.pk][1] + out.kg if lot.pk in weights else out.kg)
    return list(weights.values())


def _event(
    name: str,
    inputs: Sequence[HarvestLot],
    weights: dict[int, Decimal],
    outputs: Sequence[tuple[HarvestLot, Decimal]],
    loss: Decimal,
    work: str,
    now: datetime,
) -> dict[str, Any]:
    step = {Work.GRADING: step_uri("grading"), Work.BLENDING: step_uri("processing"), Work.PACKING: "packing"}[
        Work(work)
    ]
    body = own_event(
        name,
        now,
        step=step,
        disposition="in_progress",
        type="TransformationEvent",
        inputQuantityList=[quantity_of(lot, weights[lot.pk]) for lot in inputs],
        outputQuantityList=[quantity_of(lot, kg) for lot, kg in outputs],
    )
    del body["action"]
    return body | ({LOSS: float(loss)} if loss else {})
