"""What the pickup form proposes."""

from collections.abc import Sequence
from typing import Any

from catalog.stock.models import Warehouse
from market.common.errors import NotFound
from market.common.quantity import plain
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder
from orders.pickups.actions.ask_pickup import MOST_ORDERS
from orders.pickups.goods import goods_of
from orders.pickups.load_sheet import NOT_FETCHED
from orders.pickups.models import PickupJob


def orders_to_fetch(enterprise: Enterprise, numbers: Sequence[str]) -> list[SellerOrder]:
    """The enterprise's own, by number. Raises NotFound when one of them is not there, or they are too many."""
    wanted = set(numbers[: MOST_ORDERS + 1])
    rows = SellerOrder.objects.for_enterprise(enterprise.pk).filter(number__in=wanted).select_related("purchase")
    orders = list(rows.order_by("number"))
    if len(orders) != len(wanted) or len(wanted) > MOST_ORDERS:
        raise NotFound()
    return orders


def proposed_load(enterprise: Enterprise, orders: Sequence[SellerOrder]) -> dict[str, Any]:
    """Boxes and weight of what no carrier has yet; the place of the enterprise's last job, else its warehouse."""
    waiting = [
        item
        for items in goods_of(orders).values()
        for item in items
        if item.shipment is None or item.shipment.status in NOT_FETCHED
    ]
    boxes, gross = sum(item.boxes for item in waiting), sum(item.gross_kg for item in waiting)
    proposed: dict[str, Any] = {"boxes": boxes or "", "gross_kg": plain(gross) if gross else ""}
    if last := PickupJob.objects.for_enterprise(enterprise.pk).order_by("-pk").first():
        proposed |= {"place": last.place, "contact": last.contact, "phone": last.phone, "partner": last.partner_id}
        return proposed | {"point": last.point}
    warehouse = Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True).order_by("pk").first()
    place = f"{warehouse.name} {warehouse.place}".strip() if warehouse else enterprise.address
    return proposed | {"place": place, "contact": enterprise.contact_name, "phone": enterprise.contact_phone}
