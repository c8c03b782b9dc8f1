"""Partners who fetch, and jobs for them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from catalog.products.models import Variant
from orders.inbox.actions import create_endpoint
from orders.orders.models import SellerOrder
from orders.pickups.actions.answer_pickup import accept_pickup
from orders.pickups.actions.ask_pickup import ask_pickup
from orders.pickups.actions.open_partner import open_partner
from orders.pickups.load import PickupLoad, Window
from orders.pickups.models import PickupJob, PickupPartner
from tests.builders import NOW, make_member, make_placed, make_variant

_key = count(1)
# Tomorrow, 12 to 18 o'clock in Beijing.
WINDOW = Window(NOW + timedelta(hours=24), NOW + timedelta(hours=30))
LATER = Window(NOW + timedelta(hours=48), NOW + timedelta(hours=50))
LOAD = PickupLoad(WINDOW, "阿拉尔市示范路 1 号", "王仓管", "+8613900000000", 4, Decimal("21.6"))


def make_partner(name: str = "Cold trucks", *, is_open: bool = True) -> tuple[PickupPartner, str]:
    """And the secret of its endpoint."""
    endpoint, secret = create_endpoint("standard", name, now=NOW)
    return open_partner(endpoint, is_open=is_open, contact="+86 991 0000000", by=None, now=NOW), secret


def make_to_ship(variant: Variant | None = None, quantity: int = 4) -> SellerOrder:
    """Paid, nothing packed."""
    order = make_placed((variant or make_variant(on_hand=100), quantity)).seller_orders[0]
    SellerOrder.objects.filter(pk=order.pk).update(state=SellerOrder.State.AWAITING_SELLER)
    return SellerOrder.objects.select_related("enterprise", "purchase").get(pk=order.pk)


def make_job(*orders: SellerOrder, partner: PickupPartner | None = None, **changes: Any) -> PickupJob:
    """Asked at NOW; without orders: for a new one of a new enterprise."""
    wanted = orders or (make_to_ship(),)
    return ask_pickup(
        wanted[0].enterprise,
        [order.number for order in wanted],
        partner_id=(partner or make_partner()[0]).pk,
        load=replace(LOAD, **changes),
        key=f"key-{next(_key)}",
        by=make_member(wanted[0].enterprise),
        now=NOW,
    )


def make_accepted(*orders: SellerOrder, partner: PickupPartner | None = None, **changes: Any) -> PickupJob:
    return accept_pickup(make_job(*orders, partner=partner, **changes), vehicle="新N 12345", driver="赵师傅", now=NOW)
