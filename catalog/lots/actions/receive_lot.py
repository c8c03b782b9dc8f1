"""A harvest comes into a warehouse: one lot per receipt."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from catalog.lots.errors import LotExists
from catalog.lots.models import HarvestLot, LotStock
from catalog.products.models import Variant
from catalog.stock.actions.change_stock import receive_stock
from catalog.stock.models import Warehouse
from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.fields import QuantityField


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
    now: datetime,
) -> LotStock:
    """Makes the lot (its origin is the product's, written once), adds stock, records the movement.

    A lot number names one harvest of one product: the same number again for the same product adds another packing or
    warehouse of that lot; for another product or harvest it is refused (LotExists).
    """
    if harvested_to < harvested_from:
        raise InvalidInput(fields={"harvested_to": _("must not be before the first day of harvest")})
    product = variant.product
    with transaction.atomic():
        lot, created = HarvestLot.objects.get_or_create(
            enterprise_id=product.enterprise_id,
            number=lot_number,
            defaults={
                "product": product,
                "origin_unit_id": product.origin_unit_id,
                "origin_subdivision": product.origin_subdivision,
                "harvested_from": harvested_from,
                "harvested_to": harvested_to,
                "best_before": best_before,
                "grade": grade or product.grade,
                "created_at": now,
            },
        )
        same_harvest = (lot.product_id, lot.harvested_from, lot.harvested_to) == (
            product.pk,
            harvested_from,
            harvested_to,
        )
        if not created and not same_harvest:
            raise LotExists(number=lot_number)
        item = receive_stock(variant, warehouse, quantity, lot_number=lot_number, by=by, now=now)
        held, _created = LotStock.objects.get_or_create(lot=lot, stock_item=item)
        LotStock.objects.filter(pk=held.pk).update(on_hand=F("on_hand") + Value(quantity, output_field=QuantityField()))
        held.refresh_from_db()
    return held
