"""From the outbox to messages and deliveries: who is told, and in which words.

A message is thin: what, which version, where to fetch it. Its id is made from the outbox event, so that an event that
is drained twice is told once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from market.common.outbox.models import OutboxEvent
from market.common.quantity import plain
from orders.claims.models import Claim
from orders.orders.models import SellerOrder
from orders.outbound.catalogue import BY_TOPIC, TEST, EventType
from orders.outbound.models import Delivery, Endpoint, Message
from orders.payments.models import Allocation, Refund
from orders.pickups.models import PickupJob
from orders.shipments.models import Shipment

MAX_BODY = 20_000
S = Delivery.State


@dataclass(frozen=True)
class Fact:
    """One enterprise is to be told this of `subject`. `data` lacks only id and version."""

    event: OutboxEvent
    enterprise_id: int
    subject: str
    data: dict[str, Any]


def fan_out(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of every topic in the catalogue: messages for enterprises that have an endpoint, one delivery for each
    endpoint that wants the type. What is switched off gets it held back, to be sent when it is on again."""
    kind = BY_TOPIC[events[0].topic]
    facts = list(_FACTS[kind.topic](events))
    endpoints = list(Endpoint.objects.filter(enterprise__in={fact.enterprise_id for fact in facts}))
    wanted = [
        (endpoint, fact)
        for fact in facts
        for endpoint in endpoints
        if endpoint.enterprise_id == fact.enterprise_id and endpoint.wants(kind.name)
    ]
    messages = {id(fact): _message(kind, fact) for _endpoint, fact in wanted}
    with transaction.atomic():
        Message.objects.bulk_create({row.pk: row for row in messages.values()}.values(), ignore_conflicts=True)
        Delivery.objects.bulk_create(
            [
                Delivery(
                    endpoint=endpoint,
                    message=messages[id(fact)],
                    state=S.WAITING if endpoint.is_active else S.HELD,
                    created_at=now,
                    due_at=now,
                )
                for endpoint, fact in wanted
            ],
            ignore_conflicts=True,
        )


def write_test(endpoint: Endpoint, *, now: datetime) -> Delivery:
    """A message of type `webhook.test` for this endpoint alone, switched off or not."""
    version = int(now.timestamp() * 1000)
    identifier = _identifier(TEST, endpoint.pk, now.isoformat())
    body = write_body(TEST, 1, now, {"id": identifier, "version": version})
    with transaction.atomic():
        message = Message.objects.create(
            id=identifier,
            enterprise_id=endpoint.enterprise_id,
            type=TEST,
            subject=endpoint.pk,
            version=version,
            occurred_at=now,
            body=body,
        )
        return Delivery.objects.create(endpoint=endpoint, message=message, created_at=now, due_at=now)


def write_body(kind: str, schema_version: int, at: datetime, data: dict[str, Any]) -> str:
    body = {"type": kind, "timestamp": _written(at), "schema_version": schema_version, "data": data}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_BODY:
        raise ValueError(f"a message of type {kind} is larger than {MAX_BODY} bytes")
    return text


def _message(kind: EventType, fact: Fact) -> Message:
    data = {"id": fact.subject, "version": fact.event.pk, **fact.data}
    return Message(
        id=_identifier(kind.name, str(fact.event.pk), str(fact.enterprise_id), fact.subject),
        enterprise_id=fact.enterprise_id,
        type=kind.name,
        subject=fact.subject,
        version=fact.event.pk,
        occurred_at=fact.event.created_at,
        body=write_body(kind.name, kind.schema_version, fact.event.created_at, data),
    )


def _identifier(*parts: str) -> str:
    return "evt_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _api(path: str) -> str:
    return f"{settings.PUBLIC_URL}/api/v1/seller/{path}"


def _order_fact(event: OutboxEvent, order: SellerOrder, purchase: str) -> Fact:
    data = {"url": _api(f"orders/{order.number}"), "purchase": purchase}
    return Fact(event, order.enterprise_id, order.number, data)


def _placed(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    by_purchase = {event.subject: event for event in events}
    orders = SellerOrder.objects.filter(purchase__number__in=by_purchase).select_related("purchase")
    return [_order_fact(by_purchase[order.purchase.number], order, order.purchase.number) for order in orders]


def _paid(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    by_payment = {int(event.subject): event for event in events}
    paid = Allocation.objects.filter(payment__in=by_payment, captured__gt=0).select_related("seller_order__purchase")
    return [
        _order_fact(by_payment[row.payment_id], row.seller_order, row.seller_order.purchase.number)
        for row in paid
        if row.seller_order.state not in (SellerOrder.State.EXPIRED, SellerOrder.State.CANCELLED)
    ]


def _ended(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    by_number = {event.subject: event for event in events}
    orders = SellerOrder.objects.filter(number__in=by_number).select_related("purchase")
    return [_order_fact(by_number[order.number], order, order.purchase.number) for order in orders]


def _shipped(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    numbers = {event.subject for event in events}
    shipments = {row.number: row for row in Shipment.objects.filter(number__in=numbers).select_related("seller_order")}
    facts = []
    for event in events:
        if (shipment := shipments.get(event.subject)) is None:
            continue
        data = {"url": _api(f"shipments/{shipment.number}"), "order": shipment.seller_order.number}
        if "status" in event.payload:
            data["status"] = event.payload["status"]
        facts.append(Fact(event, shipment.seller_order.enterprise_id, shipment.number, data))
    return facts


def _refunded(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    by_refund = {int(event.subject): event for event in events}
    facts = []
    for refund in Refund.objects.filter(pk__in=by_refund).select_related("seller_order", "payment"):
        if (order := refund.seller_order) is None:
            continue
        data = {"url": _api(f"orders/{order.number}"), "order": order.number}
        data |= {"amount": plain(refund.amount), "currency": refund.currency}
        facts.append(Fact(by_refund[refund.pk], order.enterprise_id, str(refund.pk), data))
    return facts


def _claimed(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    rows = Claim.objects.filter(number__in={event.subject for event in events}).select_related("seller_order")
    claims = {claim.number: claim for claim in rows}
    facts = []
    for event in events:
        if (claim := claims.get(event.subject)) is not None:
            data = {"url": _api(f"claims/{claim.number}"), "order": claim.seller_order.number}
            facts.append(Fact(event, claim.seller_order.enterprise_id, claim.number, data))
    return facts


def _fetched(events: Sequence[OutboxEvent]) -> Iterable[Fact]:
    numbers = {event.subject for event in events}
    rows = PickupJob.objects.filter(number__in=numbers).select_related("partner__endpoint")
    jobs = {job.number: job for job in rows}
    return [
        Fact(event, job.enterprise_id, job.number, {"url": _api(f"pickups/{job.number}"), "partner": str(job.partner)})
        for event in events
        if (job := jobs.get(event.subject)) is not None
    ]


_FACTS: dict[str, Callable[[Sequence[OutboxEvent]], Iterable[Fact]]] = {
    "purchase.placed": _placed,
    "payment.captured": _paid,
    "order.declined": _ended,
    "order.cancelled": _ended,
    "order.expired": _ended,
    "shipment.created": _shipped,
    "shipment.moved": _shipped,
    "shipment.silent": _shipped,
    "shipment.out_of_range": _shipped,
    "refund.opened": _refunded,
    "claim.filed": _claimed,
    "claim.ended": _claimed,
    "pickup.accepted": _fetched,
    "pickup.countered": _fetched,
    "pickup.declined": _fetched,
    "pickup.expired": _fetched,
}
