"""Receipts of many goods at once: what each of them would do. The look beforehand and the receiving ask the same."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.lots.errors import LotClosed, LotExists
from catalog.lots.models import HarvestLot, normal_lot_number
from catalog.products.models import Product, Variant
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.common.quantity import fits_places, plain
from market.enterprises.models import Enterprise

LONGEST_NUMBER: Final = 20
LONGEST_PAPER: Final = 60
BY_TABLE: Final = "table:"
Place = tuple[int, int]  # variant, warehouse


class Outcome(StrEnum):
    NEW = "new"
    KNOWN = "known"  # received before: nothing changes
    WRONG = "wrong"


@dataclass(frozen=True)
class Receipt:
    """`row` tells it apart from others. `quantity` in units of the packing. `grade` empty: the product's. `paper`: the
    number of the paper it came with; two deliveries of the same quantity are told apart by it."""

    row: int
    variant_id: int
    warehouse_id: int
    lot_number: str
    quantity: Decimal
    harvested_from: date
    harvested_to: date
    best_before: date | None = None
    grade: str = ""
    paper: str = ""

    @property
    def place(self) -> Place:
        return self.variant_id, self.warehouse_id

    @property
    def number(self) -> str:
        return normal_lot_number(self.lot_number)

    @property
    def reference(self) -> str:
        """What it says, so that the same table, or a longer one with the same rows, receives nothing twice."""
        said = "\n".join((self.number, plain(self.quantity), self.paper.casefold()))
        return f"{BY_TABLE}{hashlib.sha256(said.encode()).hexdigest()[:40]}"


@dataclass(frozen=True)
class Weighed:
    """`problems`: field of the receipt (empty: the whole) -> what is wrong with it, in words."""

    receipt: Receipt
    outcome: Outcome
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What receipts are held against, of one enterprise; `lots` by number, `seen`: receipts recorded before."""

    variants: Mapping[int, Variant]
    warehouses: Mapping[int, Warehouse]
    lots: Mapping[str, HarvestLot]
    seen: frozenset[tuple[Place, str]] = frozenset()


def read_facts(enterprise: Enterprise, receipts: Sequence[Receipt], *, lock: bool = False) -> Facts:
    """Four statements. With `lock` the lots stay as they are until the transaction ends; `seen` is then to be read
    once the stock items are locked, too."""
    variants = Variant.objects.for_enterprise(enterprise.pk).select_related("product")
    return Facts(
        variants.in_bulk({one.variant_id for one in receipts}),
        Warehouse.objects.for_enterprise(enterprise.pk).in_bulk(),
        read_lots(enterprise, {one.number for one in receipts}, lock=lock),
        frozenset() if lock else read_seen(receipts),
    )


def read_lots(enterprise: Enterprise, numbers: Iterable[str], *, lock: bool) -> dict[str, HarvestLot]:
    rows = HarvestLot.objects.for_enterprise(enterprise.pk).filter(number__in=sorted(numbers)).order_by("pk")
    return {lot.number: lot for lot in (rows.select_for_update(of=("self",), no_key=True) if lock else rows)}


def read_seen(receipts: Sequence[Receipt]) -> frozenset[tuple[Place, str]]:
    found = StockMovement.objects.filter(
        stock_item__in=items_at({one.place for one in receipts}), reference__startswith=BY_TABLE
    ).values_list("stock_item__variant_id", "stock_item__warehouse_id", "reference")
    return frozenset(((variant, warehouse), reference) for variant, warehouse, reference in found)


def items_at(places: Collection[Place]) -> QuerySet[StockItem]:
    """And those of the same packings in the other warehouses named."""
    variants, warehouses = zip(*places, strict=True) if places else ((), ())
    return StockItem.objects.filter(variant__in=set(variants), warehouse__in=set(warehouses))


def weigh(receipts: Sequence[Receipt], facts: Facts) -> list[Weighed]:
    """In their order. Rows of one lot agree with the first good one of them."""
    weighed, firsts, rows = [], dict[str, Receipt](), dict[tuple[Place, str], int]()
    for one in receipts:
        key = (one.place, one.reference)
        problems = _problems(one, facts, firsts.get(one.number))
        if not problems and key in rows:
            text = _("row %(row)s says the same: if as much came once more, give each its own delivery note number")
            problems = {"paper": text % {"row": rows[key]}}
        if problems:
            weighed.append(Weighed(one, Outcome.WRONG, problems))
            continue
        rows[key] = one.row
        firsts.setdefault(one.number, one)
        weighed.append(Weighed(one, Outcome.KNOWN if key in facts.seen else Outcome.NEW))
    return weighed


def _problems(one: Receipt, facts: Facts, first: Receipt | None) -> dict[str, str]:
    variant, warehouse = facts.variants.get(one.variant_id), facts.warehouses.get(one.warehouse_id)
    if variant is None:
        return {"variant_id": _("this packing is no longer there")}
    problems = _own_problems(one)
    if warehouse is None or not warehouse.is_active:
        problems["warehouse_id"] = _("this warehouse is closed")
    if not problems:
        problems = _problems_of_lot(one, variant, facts, first)
    return problems


def _own_problems(one: Receipt) -> dict[str, str]:
    """What it says by itself; texts as `receive_lot` has them."""
    problems = {}
    if not 1 <= len(one.number) <= LONGEST_NUMBER:
        problems["lot_number"] = _("1 to 20 characters, such as 26A-007")
    if not fits_places(one.quantity, 3) or one.quantity <= 0:
        problems["quantity"] = _("above zero, with at most three decimal places")
    if one.harvested_to < one.harvested_from:
        problems["harvested_to"] = _("must not be before the first day of harvest")
    if one.best_before is not None and one.best_before < one.harvested_from:
        problems["best_before"] = _("must not be before the harvest")
    if one.grade and one.grade not in Product.Grade.values:
        problems["grade"] = _("this is none of the list")
    return problems


def _problems_of_lot(one: Receipt, variant: Variant, facts: Facts, first: Receipt | None) -> dict[str, str]:
    """A number names one harvest of one product, in the database and in the table."""
    lot = facts.lots.get(one.number)
    if lot is not None:
        harvest = (lot.product_id, lot.harvested_from, lot.harvested_to)
        best_before, grade = lot.best_before, lot.grade
    elif first is not None:
        harvest = (facts.variants[first.variant_id].product_id, first.harvested_from, first.harvested_to)
        best_before, grade = first.best_before, first.grade or variant.product.grade
    else:
        return {}
    if harvest != (variant.product_id, one.harvested_from, one.harvested_to):
        return {"lot_number": LotExists(number=one.number).message}
    if lot is not None and lot.state != HarvestLot.State.OPEN:
        return {"lot_number": LotClosed(number=one.number).message}
    if one.best_before and one.best_before != best_before:
        return {"best_before": _("this lot has another best-before date: %(day)s") % {"day": best_before or "–"}}
    if one.grade and one.grade != grade:
        return {"grade": _("this lot has another grade: %(grade)s") % {"grade": Product.Grade(grade).label}}
    return {}
