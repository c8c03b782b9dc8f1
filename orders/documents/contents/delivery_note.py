"""What a packing list and delivery note 送货单 says: the shipment as it left, lot by lot. Fields: trade.md, 2.1."""

from collections.abc import Iterable
from decimal import Decimal

from market.common.languages import normal_language
from market.common.quantity import plain
from orders.documents.contents.draft import Draft
from orders.documents.contents.parties import Content, goods_name, recipient_of, seller_of
from orders.documents.errors import NothingToIssue
from orders.documents.gate import refuse_uncleared_order
from orders.documents.models.document import Kind
from orders.pickups.goods import Goods
from orders.shipments.models import Shipment, ShipmentLine


def delivery_note(shipment: Shipment) -> Draft:
    """From the order's own copies and the lots that were packed; gross weight is the packing's as it is today. Raises
    NotCleared, NothingToIssue."""
    order = shipment.seller_order
    refuse_uncleared_order(order)
    language = normal_language(order.purchase.language)
    parts = list(
        shipment.lines.select_related("order_line__variant", "lot__origin_unit").order_by("order_line__position", "pk")
    )
    if not parts:
        raise NothingToIssue(subject=shipment.number)
    goods = [Goods(part.order_line, part.lot.number, part.quantity, shipment) for part in parts]
    content: Content = {
        "order": order.number,
        "shipment": shipment.number,
        "shipped_at": shipment.shipped_at.isoformat(),
        "carrier": shipment.carrier,
        "waybills": list(dict.fromkeys([shipment.waybill, *shipment.parcels.values_list("number", flat=True)])),
        "seller": seller_of(order.enterprise, language),
        "recipient": recipient_of(order.purchase),
        "rows": [_row(part, item, language) for part, item in zip(parts, goods, strict=True)],
        "sum": {
            "packages": sum(item.boxes for item in goods),
            "net_kg": plain(_sum(item.net_kg for item in goods)),
            "gross_kg": plain(_sum(item.gross_kg for item in goods)),
        },
    }
    return Draft(Kind.DELIVERY_NOTE, order.enterprise_id, shipment.number, language, content, seller_order=order)


def _row(part: ShipmentLine, goods: Goods, language: str) -> Content:
    line, lot = part.order_line, part.lot
    return {
        "goods": goods_name(line, language),
        "sku": line.sku,
        "lot": lot.number,
        "origin": {
            "country": line.origin_country,
            "subdivision": lot.origin_subdivision,
            "place": lot.origin_unit.name_zh,
        },
        "harvest": [lot.harvested_from.isoformat(), lot.harvested_to.isoformat()],
        "best_before": lot.best_before.isoformat() if lot.best_before else "",
        "quantity": plain(part.quantity),
        "unit": line.unit,
        "packages": goods.boxes,
        "net_kg": plain(goods.net_kg),
        "gross_kg": plain(goods.gross_kg),
    }


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))
