"""A harvest comes into a warehouse: one lot per receipt."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from catalog.lots.actions.quarantine_lot import locked
from catalog.lots.errors import LotClosed, LotExists
from catalog.lots.models import HarvestLot, LotStock, normal_lot_number
from catalog.products.models import Variant
from catalog.stock.actions.change_stock import receive_stock
from catalog.stock.models import StockItem, Warehouse
from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.fields import QuantityField
from market.common.outbox.record import record_event


@dataclass(frozen=True)
class Origin:
    unit_id: int
    subdivision: str


def receive_lot(
    variant: Variant,
    warehouse: Warehouse,
    *,
    lot_number: str,
    quantity: Decimal,
    harvested_from: date,
    harvested_to: date,
    best_before: date | None = None,
    grade: str | None = None,
    by: User | None,
    reference: str = "",
    now: datetime,
) -> LotStock:
    """Makes the lot (its origin is the product's, written once), adds stock, records the movement.

    A lot number names one harvest of one product: the same number again for the same product adds another packing or
    warehouse of that lot; for another product or harvest it is refused (LotExists), as is a receipt into a lot that is
    not open (LotClosed). The same `reference` again raises AlreadyReceived.
    """
    with transaction.atomic():
        lot = open_lot(variant, lot_number, harvested_from, harvested_to, best_before=best_before, grade=grade, now=now)
        lot = locked(lot)  # before the stock item, as a quarantine does
        if lot.state != HarvestLot.State.OPEN:
            raise LotClosed(number=lot.number)
        item = receive_stock(variant, warehouse, quantity, lot_number=lot.number, by=by, reference=reference, now=now)
        held, _created = LotStock.objects.get_or_create(lot=lot, stock_item=item)
        LotStock.objects.filter(pk=held.pk).update(on_hand=F("on_hand") + Value(quantity, output_field=QuantityField()))
        held.refresh_from_db()
    return held


def name_lot(
    item: StockItem,
    *,
    lot_number: str,
    harvested_from: date,
    harvested_to: date,
    best_before: date | None = None,
    by: User | None,
    now: datetime,
) -> LotStock:
    """Gives goods that came without a lot their lot; the quantity stays as it is. Raises InvalidInput when there are
    none, LotExists, LotClosed: what lies in quarantine is not for sale, and these goods are."""
    with transaction.atomic():
        row = StockItem.objects.select_for_update(of=("self",)).select_related("variant__product").get(pk=item.pk)
        held = LotStock.objects.filter(stock_item=row)
        loose = row.on_hand - sum((part.on_hand for part in held), Decimal(0))
        if loose <= 0:
            raise InvalidInput(fields={"lot_number": _("all goods here have their lot already")})
        lot = open_lot(row.variant, lot_number, harvested_from, harvested_to, best_before=best_before, now=now)
        if lot.state != HarvestLot.State.OPEN:
            raise LotClosed(number=lot.number)
        part, _created = LotStock.objects.get_or_create(lot=lot, stock_item=row)
        LotStock.objects.filter(pk=part.pk).update(on_hand=part.on_hand + loose)
        part.refresh_from_db()
    return part


def open_lot(
    variant: Variant,
    number: str,
    harvested_from: date,
    harvested_to: date,
    *,
    best_before: date | None = None,
    grade: str | None = None,
    origin: Origin | None = None,
    now: datetime,
) -> HarvestLot:
    """The lot with this number, made when it is new, which is told to the trace; it comes from `origin`, by itself the
    product's. Raises InvalidInput, or LotExists when the number stands for another product or harvest."""
    product, number = variant.product, normal_lot_number(number)
    fields = {}
    if not 1 <= len(number) <= 20:
        fields["lot_number"] = _("1 to 20 characters, such as 26A-007")
    if harvested_to < harvested_from:
        fields["harvested_to"] = _("must not be before the first day of harvest")
    if best_before is not None and best_before < harvested_from:
        fields["best_before"] = _("must not be before the harvest")
    if fields:
        raise InvalidInput(fields=fields)
    lot, created = HarvestLot.objects.get_or_create(
        enterprise_id=product.enterprise_id,
        number=number,
        defaults={
            "product": product,
            "origin_unit_id": origin.unit_id if origin else product.origin_unit_id,
            "origin_subdivision": origin.subdivision if origin else product.origin_subdivision,
            "harvested_from": harvested_from,
            "harvested_to": harvested_to,
            "best_before": best_before,
            "grade": grade or product.grade,
            "created_at": now,
        },
    )
    same = (lot.product_id, lot.harvested_from, lot.harvested_to) == (product.pk, harvested_from, harvested_to)
    if not created and not same:
        raise LotExists(number=number)
    if created:
        record_event("lot.opened", lot.pk, now=now)
    return lot
