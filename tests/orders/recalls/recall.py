"""Lots that went out, and recalls, for tests."""

from datetime import datetime

from catalog.lots.models import HarvestLot
from market.accounts.models import User
from orders.orders.models import SellerOrder
from orders.recalls.actions.open_recall import open_recall
from orders.recalls.models import Recall
from orders.shipments.models import ShipmentLine
from tests.builders import make_officer
from tests.orders.claims import ARRIVED


def lot_of(order: SellerOrder) -> HarvestLot:
    return HarvestLot.objects.select_related("enterprise__unit").get(
        pk=ShipmentLine.objects.filter(shipment__seller_order=order).values_list("lot")[:1]
    )


def make_recall(order: SellerOrder, *, by: User | None = None, now: datetime = ARRIVED) -> Recall:
    """Of the lot the order was packed from, by a reviewer of its regiment."""
    lot = lot_of(order)
    officer = by or make_officer(lot.enterprise.unit)
    return open_recall(lot, severity="1", reason="residues above the limit", by=officer, now=now)
