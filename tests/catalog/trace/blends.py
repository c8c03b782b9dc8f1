"""Blends of lots of the market, for tests."""

from datetime import datetime
from decimal import Decimal
from itertools import count

from catalog.lots.models import HarvestLot
from catalog.products.models import Variant
from catalog.trace.actions.blend_lots import Made, Taken, blend_lots
from catalog.trace.models import TraceEvent
from tests.builders import NOW, make_user, make_warehouse

_number = count(1)


def lot_of(variant: Variant) -> HarvestLot:
    return HarvestLot.objects.select_related("enterprise__unit").filter(product=variant.product_id).order_by("pk")[0]


def blend(
    *taken: tuple[HarvestLot, int],
    into: tuple[Variant, str, int],
    loss: int = 0,
    work: str = "blending",
    key: str = "",
    now: datetime = NOW,
) -> TraceEvent:
    """Kg of lots into one new lot of a packing, in the firm's warehouse."""
    variant, number, kg = into
    enterprise = variant.product.enterprise
    return blend_lots(
        enterprise,
        [Taken(lot, Decimal(weight)) for lot, weight in taken],
        [Made(variant, make_warehouse(enterprise), number, Decimal(kg))],
        loss=Decimal(loss),
        work=work,
        key=key or f"key{next(_number)}",
        by=make_user(),
        now=now,
    )
