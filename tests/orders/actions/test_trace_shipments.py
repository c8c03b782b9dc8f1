import json

import pytest

from catalog.trace.models import TraceEvent
from catalog.trace.own import lot_uri
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, make_variant
from tests.orders.claims import make_paid, send

pytestmark = pytest.mark.django_db


def test_shipment_is_told_by_lot_and_order_and_names_no_buyer() -> None:
    variant = make_variant(on_hand=10, net_kg="2.5")
    order = make_paid((variant, 4))
    shipment = send(order)
    lot = variant.product.lots.get()

    for _ in range(2):
        while drain_outbox(NOW):
            pass
        OutboxEvent.objects.filter(topic="shipment.created").update(done_at=None)

    event = TraceEvent.objects.get(biz_step="shipping")
    body = json.loads(event.payload)
    assert body["quantityList"] == [{"epcClass": lot_uri(lot), "quantity": 10.0, "uom": "KGM"}]
    assert [row["bizTransaction"].rpartition("/")[2] for row in body["bizTransactionList"]] == [
        order.number,
        shipment.number,
    ]
    assert order.purchase.buyer_name not in event.payload
    assert "destinationList" not in body
