"""Orders on their way, for carriers to report on."""

from copy import copy
from typing import TypeVar
from uuid import uuid4

from django.db.models import Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


def make_waybills(wanted: int) -> list[str]:
    """Waybills of as many orders on their way, each a copy of one of the season's: a message of a carrier is about one
    of many shipments, and each costs what all its events cost."""
    from orders.orders.models import Purchase, SellerOrder
    from orders.shipments.models import Shipment

    run = uuid4().hex[:8]
    pattern = Shipment.objects.filter(seller_order__state="in_progress").select_related("seller_order__purchase")[0]
    purchase, order = pattern.seller_order.purchase, pattern.seller_order
    fresh = [{"pk": None, "number": f"B{run}-{number}"} for number in range(wanted)]
    purchases = Purchase.objects.bulk_create(
        _copy(purchase, **new, cart_id=uuid4(), idempotency_key=uuid4().hex) for new in fresh
    )
    orders = SellerOrder.objects.bulk_create(
        _copy(order, **new, purchase=made) for new, made in zip(fresh, purchases, strict=True)
    )
    untold: dict[str, object] = {
        "status": "unknown",
        "substatus": "",
        "status_at": None,
        "flags": [],
    }  # the pattern may have arrived
    shipments = Shipment.objects.bulk_create(
        _copy(pattern, **new, **untold, waybill=new["number"], seller_order=made)
        for new, made in zip(fresh, orders, strict=True)
    )
    return [shipment.waybill for shipment in shipments]


def _copy(row: Row, **changes: object) -> Row:
    made = copy(row)
    made._state = ModelState()
    for name, value in changes.items():
        setattr(made, name, value)
    return made
