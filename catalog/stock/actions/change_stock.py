"""Goods come in, are counted again. Every change leaves a movement."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from catalog.products.events import products_changed
from catalog.products.models import Variant
from catalog.stock.errors import StockBelowReserved
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.accounts.models import User
from market.common.errors import InvalidInput, NotFound
from market.common.fields import QuantityField
from market.common.quantity import plain


def receive_stock(
    variant: Variant, warehouse: Warehouse, quantity: Decimal, *, lot_number: str, by: User | None, now: datetime
) -> StockItem:
    """Adds `quantity` units, records the movement, tells the index when the packing comes back into stock."""
    if quantity <= 0:
        raise InvalidInput(fields={"quantity": _("must be above zero")})
    _same_enterprise(variant, warehouse)
    with transaction.atomic():
        item, _created = StockItem.objects.get_or_create(variant=variant, warehouse=warehouse)
        StockItem.objects.filter(pk=item.pk).update(
            on_hand=F("on_hand") + Value(quantity, output_field=QuantityField())
        )
        was_empty = item.on_hand <= item.reserved
        item.refresh_from_db()
        _record(item, StockMovement.Kind.RECEIPT, quantity, lot_number=lot_number, by=by, note="", now=now)
        if was_empty:
            products_changed([variant.product_id], reason="stock", now=now)
    return item


def adjust_stock(
    variant: Variant, warehouse: Warehouse, on_hand: Decimal, *, by: User | None, note: str, now: datetime
) -> StockItem:
    """Set the counted quantity. Refuses (StockBelowReserved) to go below what is promised to orders."""
    if on_hand < 0:
        raise InvalidInput(fields={"on_hand": _("must not be negative")})
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
            _record(item, StockMovement.Kind.ADJUSTMENT, difference, lot_number="", by=by, note=note, now=now)
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
