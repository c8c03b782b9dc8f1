"""From what happens in the market to what a seller's system is told; each type as its schema says."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.end_order import decline_order, expire_purchase
from orders.actions.react_to_claim import withdraw_claim
from orders.actions.register_tracking import register_report
from orders.actions.settle_payment import settle_payment
from orders.actions.ship_order import ship_order
from orders.orders.models import SellerOrder
from orders.outbound.catalogue import BY_NAME, BY_TOPIC, EVENT_TYPES, SUBSCRIBABLE
from orders.outbound.messages import MAX_BODY, fan_out, write_body
from orders.outbound.models import Delivery, Message
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import press
from orders.shipments.carriers.base import CarrierEvent, Report
from tests.builders import NOW, make_enterprise, make_member, make_placed, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered
from tests.orders.outbound.scenes import make_endpoint, make_order, tell

pytestmark = pytest.mark.django_db
URL = "https://erp.example/hook"


def pay(order: SellerOrder) -> None:
    payment = start_payment(order.purchase, "sandbox", return_url="", now=NOW)
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)


def told(order: SellerOrder) -> list[str]:
    return list(
        Message.objects.filter(enterprise=order.enterprise_id).order_by("version").values_list("type", flat=True)
    )


def check(body: dict[str, Any], schema: dict[str, Any]) -> None:
    """As much of JSON Schema as our schemas use."""
    kinds: dict[str, type] = {"object": dict, "string": str, "integer": int}
    if "const" in schema:
        assert body == schema["const"]
        return
    assert isinstance(body, kinds[schema["type"]])
    for name in schema.get("required", []):
        assert name in body
    for name, part in schema.get("properties", {}).items():
        check(body[name], part)
    if schema["type"] == "object":
        assert set(body) == set(schema["properties"])  # we tell no more than the schema says


def test_order_s_life_is_told_step_by_step_as_the_schemas_say() -> None:
    placed = make_placed((make_variant(on_hand=10), 2))
    order = SellerOrder.objects.select_related("purchase", "enterprise").get(pk=placed.seller_orders[0].pk)
    make_endpoint(order.enterprise, URL)
    pay(order)
    shipment = ship_order(order, [], carrier="truck", waybill="W1", by=None, now=NOW)
    event = CarrierEvent("e1", NOW + timedelta(hours=1), "in_transit")
    register_report(Report("W1", events=[event]), received_at=NOW, now=NOW + timedelta(hours=1))

    drain_outbox(NOW + timedelta(hours=1))

    assert told(order) == ["order.placed", "order.paid", "shipment.created", "shipment.moved"]
    for message in Message.objects.all():
        check(json.loads(message.body), BY_NAME[message.type].schema)
    moved = json.loads(Message.objects.get(type="shipment.moved").body)["data"]
    assert (moved["id"], moved["status"], moved["order"]) == (shipment.number, "in_transit", order.number)


def test_declined_paid_order_is_told_with_its_refund() -> None:
    placed = make_placed((make_variant(on_hand=10), 2))
    order = SellerOrder.objects.select_related("purchase", "enterprise").get(pk=placed.seller_orders[0].pk)
    pay(order)
    OutboxEvent.objects.update(done_at=NOW)
    make_endpoint(order.enterprise, URL)

    decline_order(order, by=None, reason="hail", now=NOW)
    drain_outbox(NOW)

    assert told(order) == ["order.declined", "refund.opened"]
    for message in Message.objects.all():
        check(json.loads(message.body), BY_NAME[message.type].schema)


def test_expired_order_is_told() -> None:
    order = make_order()
    make_endpoint(order.enterprise, URL)

    expire_purchase(order.purchase, now=NOW)
    drain_outbox(NOW)

    assert told(order) == ["order.expired"]


def test_claim_is_told_when_it_is_filed_and_when_it_has_ended() -> None:
    order = make_delivered()
    OutboxEvent.objects.update(done_at=NOW)
    make_endpoint(order.enterprise, URL)
    make_endpoint(make_enterprise(), URL)

    claim = make_claim(order)
    drain_outbox(ARRIVED)
    withdraw_claim(claim, now=ARRIVED)
    drain_outbox(ARRIVED)

    assert told(order) == ["claim.filed", "claim.ended"]
    for message in Message.objects.all():
        body = json.loads(message.body)
        check(body, BY_NAME[message.type].schema)
        assert (body["data"]["id"], body["data"]["order"]) == (claim.number, order.number)
        assert body["data"]["url"].endswith(f"/api/v1/seller/claims/{claim.number}")
        assert claim.text not in message.body


def test_event_drained_twice_is_told_once() -> None:
    order = make_order()
    make_endpoint(order.enterprise, URL)
    tell(order)
    event = OutboxEvent.objects.filter(topic="purchase.placed").latest("pk")

    fan_out([event], NOW)

    assert Message.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_purchase_of_two_sellers_tells_each_of_its_own_order_only() -> None:
    placed = make_placed((make_variant(on_hand=10), 1), (make_variant(on_hand=10), 1))
    orders = list(SellerOrder.objects.filter(purchase=placed.purchase).select_related("enterprise"))
    for order in orders:
        make_endpoint(order.enterprise, URL)
    make_endpoint(make_enterprise(), URL)

    drain_outbox(NOW)

    for order in orders:
        message = Message.objects.get(enterprise=order.enterprise)
        assert json.loads(message.body)["data"]["id"] == order.number
        others = [other.number for other in orders if other != order]
        assert not any(number in message.body for number in others)
    assert Delivery.objects.count() == 2


def test_type_that_is_not_wanted_makes_no_row() -> None:
    order = make_order()
    make_endpoint(order.enterprise, URL, "shipment.moved")

    tell(order)

    assert Message.objects.count() == 0
    assert Delivery.objects.count() == 0


def test_message_says_nothing_of_the_buyer() -> None:
    order = make_order()
    make_endpoint(order.enterprise, URL)
    tell(order)

    body = Message.objects.get().body

    assert order.purchase.recipient not in body
    assert order.purchase.phone not in body


def test_message_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="larger"):
        write_body("order.placed", 1, NOW, {"id": "好" * MAX_BODY})


def test_every_type_is_fed_by_the_outbox_and_every_topic_is_known() -> None:
    fed = {
        topic for topic, paths in settings.MARKET_EVENT_RECEIVERS.items() if "orders.outbound.messages.fan_out" in paths
    }

    assert fed == set(BY_TOPIC)
    assert len(SUBSCRIBABLE) == len(EVENT_TYPES) - 1


@pytest.mark.parametrize("events", [3, 30])
def test_fan_out_costs_the_same_for_many_events(events: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    order = make_order()
    make_endpoint(order.enterprise, URL)
    make_member(order.enterprise)
    numbers = [make_placed((make_variant(on_hand=10), 1)).purchase.number for _ in range(2)] + [order.purchase.number]
    rows = [
        OutboxEvent(topic="order.expired", subject=f"{number}-1", payload={}, created_at=NOW, due_at=NOW)
        for number in numbers * (events // 3)
    ]
    OutboxEvent.objects.bulk_create(rows)

    with django_assert_num_queries(7):
        fan_out(list(OutboxEvent.objects.filter(topic="order.expired")), NOW)
