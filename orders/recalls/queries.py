"""Reads of recalls: where a lot went, what is accounted for, and what buyers and everybody are told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal

from django.db.models import F, QuerySet

from catalog.lots.models import HarvestLot, LotStock
from market.common.errors import NotFound
from orders.claims.queries import is_recalled
from orders.orders.models import SellerOrder
from orders.recalls.models import Recall, RecallNotice, RecallQuerySet
from orders.shipments.models import Shipment, ShipmentLine

ZERO, GRAM = Decimal(0), Decimal("0.001")
# A closed recall stays in the public list so long.
PUBLIC_FOR = timedelta(days=180)


@dataclass(frozen=True)
class Reached:
    """An order that got some of a lot: kg in all its packings, and the shipments it went with."""

    order: SellerOrder
    weight: Decimal
    shipments: tuple[Shipment, ...]


@dataclass(frozen=True)
class Lying:
    """Goods of a lot that have not left, in kg: `on_hand` (of a recalled one: promised, and never packed) and `held`,
    which nobody gets."""

    on_hand: Decimal
    held: Decimal


@dataclass(frozen=True)
class Account:
    """How far a recall is. All weights in kg."""

    shipped: Decimal
    orders: int
    told: int
    answered: int
    answered_weight: Decimal
    left: Decimal

    @property
    def percent(self) -> int:
        """Of what was shipped: so much is accounted for by an answer. Rounded down: 100 is all of it."""
        return int(100 * self.answered_weight / self.shipped) if self.shipped else 100


def reach_of(lot: HarvestLot) -> list[Reached]:
    """By order, the newest first. One statement."""
    rows = ShipmentLine.objects.filter(lot=lot).select_related(
        "order_line", "shipment__seller_order__purchase", "shipment__seller_order__enterprise"
    )
    lines: dict[int, list[ShipmentLine]] = defaultdict(list)
    for row in rows.order_by("-shipment__seller_order", "shipment"):
        lines[row.shipment.seller_order_id].append(row)
    return [_reached(those) for those in lines.values()]


def _reached(lines: Sequence[ShipmentLine]) -> Reached:
    weight = sum((line.quantity * line.order_line.net_kg for line in lines), ZERO).quantize(GRAM, ROUND_UP)
    shipments = {line.shipment_id: line.shipment for line in lines}
    return Reached(lines[0].shipment.seller_order, weight, tuple(shipments.values()))


def what_lies(lot: HarvestLot) -> Lying:
    """One statement."""
    rows = LotStock.objects.filter(lot=lot).select_related("stock_item__variant")
    weighed = [(row.on_hand, row.held, row.stock_item.variant.net_kg) for row in rows]
    return Lying(
        on_hand=sum((on_hand * kg for on_hand, _held, kg in weighed), ZERO),
        held=sum((held * kg for _on_hand, held, kg in weighed), ZERO),
    )


def whole_recalls() -> RecallQuerySet:
    return Recall.objects.select_related(
        "lot__product", "lot__origin_unit", "enterprise__unit", "opened_by", "closed_by", "source__lot"
    )


def one_of(rows: "QuerySet[Recall]", number: str) -> Recall:
    """Raises NotFound for one that is not among them."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def notices_of(recall: Recall) -> "QuerySet[RecallNotice]":
    """Unanswered ones first, the heaviest on top."""
    rows = recall.notices.select_related("seller_order__purchase__buyer", "answered_by")
    return rows.order_by(F("answered_at").asc(nulls_first=True), "-weight", "pk")


def account_of(recall: Recall) -> Account:
    """One statement."""
    rows = list(recall.notices.all())
    answered = [row for row in rows if row.answered_at is not None]
    return Account(
        shipped=sum((row.weight for row in rows), ZERO),
        orders=len(rows),
        told=sum(row.told_at is not None for row in rows),
        answered=len(answered),
        answered_weight=sum((row.weight for row in answered), ZERO),
        left=sum((row.left or ZERO for row in answered), ZERO),
    )


def notices_for(moves: Mapping[int, Iterable[Shipment]]) -> dict[int, list[RecallNotice]]:
    """By seller order, with recall, lot and product; `moves` are its shipments as `journey` read them. One statement,
    none where nothing of a recalled lot was shipped."""
    touched = [key for key, shipments in moves.items() if _has_recalled(shipments)]
    found: dict[int, list[RecallNotice]] = defaultdict(list)
    if touched:
        rows = RecallNotice.objects.filter(seller_order__in=touched).select_related("recall__lot__product")
        for row in rows.order_by("pk"):
            found[row.seller_order_id].append(row)
    return found


def _has_recalled(shipments: Iterable[Shipment]) -> bool:
    return any(is_recalled(line.lot) for shipment in shipments for line in shipment.lines.all())


def public_recalls(now: datetime) -> RecallQuerySet:
    """Open ones, and what was closed within half a year; the newest first."""
    rows = whole_recalls()
    return (rows.filter(closed_at=None) | rows.filter(closed_at__gt=now - PUBLIC_FOR)).order_by("-opened_at", "-pk")
