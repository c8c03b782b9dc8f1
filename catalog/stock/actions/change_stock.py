"""Goods come in, are counted again. Every change leaves a movement."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from catalog.products.events import products_changed
from catalog.products.models import Variant
from catalog.stock.errors import AlreadyReceived, StockBelowReserved
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.accounts.models import User
from market.common.errors import InvalidInput, NotFound
from market.common.fields import QuantityField
from market.common.quantity import fits_places, plain


def receive_stock(
    variant: Variant,
    warehouse: Warehouse,
    quantity: Decimal,
    *,
    lot_number: str,
    by: User | None,
    reference: str = "",
    now: datetime,
) -> StockItem:
    """Adds `quantity` units, records the movement, tells the index when the packing comes back into stock.

    `reference` names the receipt: the same one again raises AlreadyReceived, so a form sent twice counts once.
    """
    if not fits_places(quantity, 3) or quantity <= 0:
        raise InvalidInput(fields={"quantity": _("above zero, with at most three decimal places")})
    if not warehouse.is_active:
        raise InvalidInput(fields={"warehouse": _("this warehouse is closed")})
    _same_enterprise(variant, warehouse)
    with transaction.atomic():
        item, _created = StockItem.objects.get_or_create(variant=variant, warehouse=warehouse)
        StockItem.objects.filter(pk=item.pk).update(
            on_hand=F("on_hand") + Value(quantity, output_field=QuantityField())
        )
        if reference and item.movements.filter(reference=reference).exists():  # under the lock of the UPDATE above
            raise AlreadyReceived()
        was_empty = item.on_hand <= item.reserved
        item.refresh_from_db()
        StockMovement.objects.create(
            stock_item=item,
            kind=StockMovement.Kind.RECEIPT,
            quantity=quantity,
            lot_number=lot_number,
            reference=reference,
            by=by,
            at=now,
        )
        if was_empty:
            products_changed([variant.product_id], reason="stock", now=now)
    return item


def adjust_stock(
    variant: Variant,
    warehouse: Warehouse,
    on_hand: Decimal,
    *,
    by: User | None,
    note: str,
    lot_number: str = "",
    now: datetime,
) -> StockItem:
    """Set the counted quantity. Refuses (StockBelowReserved) to go below what is promised to orders.

    Knows nothing of lots: `catalog.lots.actions.count_stock` keeps their parts in step.
    """
    if not fits_places(on_hand, 3) or on_hand < 0:
        raise InvalidInput(fields={"on_hand": _("not negative, with at most three decimal places")})
    _same_enterprise(variant, warehouse)
    with transaction.atomic():
        StockItem.objects.get_or_create(variant=variant, warehouse=warehouse)
        item = StockItem.objects.select_for_update().get(variant=variant, warehouse=warehouse)
        if on_hand < item.reserved:
            raise StockBelowReserved(reserved=plain(item.reserved), wanted=plain(on_hand))
        difference = on_hand - item.on_hand
        if difference:
            was_free = item.on_hand > item.reserved
            item.on_hand = on_hand
            item.save(update_fields=["on_hand"])
            _record(item, StockMovement.Kind.ADJUSTMENT, difference, lot_number=lot_number, by=by, note=note, now=now)
            if was_free != (item.on_hand > item.reserved):
                products_changed([variant.product_id], reason="stock", now=now)
    return item


def _same_enterprise(variant: Variant, warehouse: Warehouse) -> None:
    if variant.product.enterprise_id != warehouse.enterprise_id:
        raise NotFound()


def _record(
    item: StockItem, kind: str, quantity: Decimal, *, lot_number: str, by: User | None, note: str, now: datetime
) -> None:
    StockMovement.objects.create(
        stock_item=item, kind=kind, quantity=quantity, lot_number=lot_number, by=by, note=note, at=now
    )
