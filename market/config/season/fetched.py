"""Pickup jobs of the season: a partner who fetches goods; jobs agreed, with another time proposed, and waiting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from market.config.season.stage import Stage, order, pay
from market.config.season.timeline import Story
from orders.orders.models import SellerOrder
from orders.pickups.actions.answer_pickup import accept_pickup, counter_pickup
from orders.pickups.actions.ask_pickup import ask_pickup
from orders.pickups.actions.open_partner import open_partner
from orders.pickups.load import PickupLoad, Window
from orders.pickups.models import PickupPartner


@dataclass(frozen=True)
class Goods:
    """Of a farm's newest paid order; `buyer` and `crop` where one is placed for it first. `limit`: degrees at most."""

    farm: int
    boxes: int
    gross_kg: Decimal
    limit: int | None = None
    buyer: str = ""
    crop: str = ""


AGREED = Goods(9, 4, Decimal(42), 4, "canteen", "apple")
COUNTERED = Goods(1, 4, Decimal("21.6"))
WAITING = Goods(5, 6, Decimal(33), None, "bakery", "green-raisin")


def fetched(stage: Stage) -> Iterator[Story]:
    for hours, goods in ((5, AGREED), (4, COUNTERED), (3, WAITING)):
        yield _fetch(stage, goods, hours)


def _fetch(stage: Stage, goods: Goods, hours: int) -> Story:
    """So many hours ago, for the day after tomorrow at the latest."""
    if goods.crop:
        yield (at := stage.now - timedelta(hours=hours + 2))
        purchase = order(stage, f"fetched-{goods.farm}", goods.buyer, [(goods.farm, goods.crop, 0, 1)], at)
        yield (at := at + timedelta(minutes=7))
        pay(purchase, at)
    yield (at := stage.now - timedelta(hours=hours))
    enterprise = stage.farms[goods.farm]
    paid = SellerOrder.objects.for_enterprise(enterprise.pk).filter(state=SellerOrder.State.AWAITING_SELLER)
    job = ask_pickup(
        enterprise,
        [paid.order_by("-placed_at", "-pk")[0].number],
        partner_id=_partner(stage).pk,
        load=PickupLoad(
            Window(stage.day(-1, "09:00"), stage.day(-1, "18:00")),
            f"{enterprise.name_zh}一号库",
            "样例仓管员",
            "+8613800138001",
            goods.boxes,
            goods.gross_kg,
            temperature_to=goods.limit,
        ),
        key=f"season-{goods.farm}",
        by=stage.owner(goods.farm),
        now=at,
    )
    yield (at := at + timedelta(minutes=40))
    if goods is AGREED:
        accept_pickup(job, vehicle="新A样001", driver="样例司机", driver_phone="+8613800138003", now=at)
    elif goods is COUNTERED:
        counter_pickup(job, Window(stage.day(-2, "10:00"), stage.day(-2, "14:00")), reason="车辆已排满", now=at)


def _partner(stage: Stage) -> PickupPartner:
    endpoint = stage.partners["standard"].endpoint
    return open_partner(endpoint, is_open=True, contact="样例调度员 +8613800138002", by=None, now=stage.now)
