"""Many messages in one transaction: the same outcome as one by one, and a bad one keeps nobody."""

import itertools
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from market.common.outbox.models import OutboxEvent
from market.common.quiet_log import QuietFormatter
from market.common.sealing import seal
from orders.actions import register_tracking
from orders.inbox import tasks
from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.store import store_events
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Notice, Shipment, TrackingEvent
from orders.shipments.record import History
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
DAY = NOW - timedelta(hours=20)


def event(identifier: str, hours: int, status: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "occurred_at": (DAY + timedelta(hours=hours)).isoformat(), "status": status} | more


def body_of(number: str, *events: dict[str, Any]) -> bytes:
    return json.dumps({"type": "shipment.updated", "data": {"tracking_number": number, "events": events}}).encode()


def store(endpoint: Endpoint, *bodies: bytes) -> None:
    rows = [
        InboxEvent(endpoint=endpoint, key=f"k{n}", sealed=seal(body), received_at=NOW, last_seen_at=NOW, due_at=NOW)
        for n, body in enumerate(bodies)
    ]
    store_events(rows)


def states() -> list[tuple[str, str]]:
    return [(e.state, e.error.partition(":")[0]) for e in InboxEvent.objects.order_by("pk")]


def carrier() -> Endpoint:
    return create_endpoint("standard", "truck", now=NOW)[0]


@pytest.mark.parametrize("is_known", [True, False])
def test_thirty_messages_cost_as_many_statements_as_three(is_known: bool) -> None:
    endpoint = carrier()
    costs = []
    for count in (1, 3, 30):
        InboxEvent.objects.all().delete()
        numbers = [f"W{count}-{n}" for n in range(count)]
        for number in numbers if is_known else ():
            make_shipment(number)
        store(endpoint, *(body_of(number, event("a", 1, "in_transit")) for number in numbers))

        with CaptureQueriesContext(connection) as queries:
            assert process_inbox(NOW) == count

        told = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        costs.append(len(told))
    held = connection.vendor == "postgresql"  # the retractions
    # Two to claim, one to find, nine for what moves, one to look for retractions, one to stamp.
    assert costs == [(14 if is_known else 4) + held] * 3


STORY = [
    event("a", 1, "picked_up"),
    event("b", 2, "in_transit"),
    event("c", 3, "out_for_delivery"),
    event("d", 4, "delivered"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_messages_of_one_shipment_in_any_order_are_one_journey(order: Sequence[int]) -> None:
    shipment = make_shipment("W")
    OutboxEvent.objects.all().delete()
    bodies = [body_of("W", STORY[place]) for place in order]
    store(carrier(), *bodies, bodies[0])

    assert process_inbox(NOW) == 5
    assert process_inbox(NOW + tasks.LEASE * 2) == 0

    shipment.refresh_from_db()
    assert (shipment.status, shipment.flags, shipment.events.count()) == ("delivered", [], 4)
    assert states() == [("done", "")] * 5
    due = Notice.objects.filter(shipment=shipment, is_due=True).values_list("status", flat=True)
    assert list(due) == ["delivered"]  # of what it went through meanwhile nobody need be told
    assert OutboxEvent.objects.filter(topic="shipment.moved").count() == 1


def test_correction_in_the_same_transaction_keeps_what_was_said_before() -> None:
    shipment = make_shipment("W")
    first = body_of("W", event("a", 1, "in_transit", version=NOW.isoformat()))
    later = (NOW + timedelta(minutes=1)).isoformat()
    store(carrier(), first, body_of("W", event("a", 2, "picked_up", version=later)), first)

    process_inbox(NOW)

    told = shipment.events.get()
    assert (told.status, told.revisions.get().status) == ("picked_up", "in_transit")


def test_bad_message_stays_open_with_its_error_and_the_others_are_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shipments = [make_shipment(number) for number in ("W1", "BAD", "W2")]
    store(carrier(), *(body_of(s.waybill, event("a", 1, "in_transit")) for s in shipments))
    refold = register_tracking._refold

    def fail_for_one(history: History, ordered_at: datetime) -> Any:
        if history.shipment.waybill == "BAD":
            raise RuntimeError("cannot be folded")
        return refold(history, ordered_at)

    monkeypatch.setattr(register_tracking, "_refold", fail_for_one)
    process_inbox(NOW)

    assert states() == [("done", ""), ("open", "RuntimeError"), ("done", "")]
    assert [s.events.count() for s in shipments] == [1, 0, 1]
    monkeypatch.undo()
    process_inbox(NOW + timedelta(minutes=5))
    assert states() == [("done", "")] * 3
    assert TrackingEvent.objects.count() == 3


def test_waiting_long_for_its_shipment_leaves_a_message_all_its_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    store(carrier(), body_of("LATE", event("a", 1, "in_transit")))
    now = NOW
    for _ in range(tasks.MAX_ATTEMPTS + 1):
        process_inbox(now)
        now += timedelta(minutes=20)
    assert states() == [("open", "UnknownNumberError")]
    make_shipment("LATE")

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the database restarts")

    monkeypatch.setattr(tasks, "register_reports", fail)
    process_inbox(now)
    assert states() == [("open", "OperationalError")]
    monkeypatch.undo()
    process_inbox(now + timedelta(hours=1))
    assert states() == [("done", "")]


def test_what_failed_is_kept_without_the_people_in_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store(carrier(), body_of("W1", event("a", 1, "in_transit")))
    caplog.handler.setFormatter(QuietFormatter())
    row = "Failing row contains (7, Wang Wu, 13800138000, whsec_abcdefgh12345678)."

    def fail(*_: object, **__: object) -> None:
        raise IntegrityError(f"null value in column\nDETAIL:  {row}")

    monkeypatch.setattr(tasks, "register_reports", fail)
    process_inbox(NOW)

    assert InboxEvent.objects.get().error == "IntegrityError"
    assert "IntegrityError" in caplog.text
    assert not [word for word in ("Wang", "1380", "abcdefgh") if word in caplog.text]


def test_each_message_of_a_mixed_batch_has_its_own_outcome() -> None:
    endpoint = carrier()
    endpoint.carriers = ["own"]
    endpoint.save()
    make_shipment("OWN", carrier="own")
    make_shipment("OTHERS", carrier="other")
    news = event("a", 1, "in_transit")
    store(
        endpoint,
        body_of("OTHERS", news),
        b"{broken",
        body_of("OWN", news),
        body_of("NOBODY", news),
        b'{"type":"something.else"}',
    )

    process_inbox(NOW)

    assert states() == [
        ("parked", "ForeignWaybillError"),
        ("parked", "UnreadableError"),
        ("done", ""),
        ("open", "UnknownNumberError"),
        ("done", ""),
    ]
    assert list(InboxEvent.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "",
        "",
        "tracking",
        "",
        "ignored",
    ]
    assert list(Shipment.objects.order_by("pk").values_list("status", flat=True)) == ["in_transit", "unknown"]


def test_worker_that_dies_before_the_stamps_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    shipments = [make_shipment(f"W{n}") for n in range(3)]
    store(carrier(), *(body_of(s.waybill, event("a", 1, "in_transit")) for s in shipments))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tasks, "update_rows", die)
    with pytest.raises(KeyboardInterrupt):
        process_inbox(NOW)
    monkeypatch.undo()

    assert (TrackingEvent.objects.count(), Notice.objects.count()) == (0, 0)
    assert process_inbox(NOW) == 0
    assert process_inbox(NOW + tasks.LEASE + timedelta(seconds=1)) == 3
    assert (TrackingEvent.objects.count(), states()) == (3, [("done", "")] * 3)


def test_long_histories_do_not_break_the_transaction(caplog: pytest.LogCaptureFixture) -> None:
    shipments = [make_shipment(f"W{n}") for n in range(3)]
    history = [event(f"e{n}", 0, "in_transit", place=f"depot {n}") for n in range(500)]
    store(carrier(), *(body_of(s.waybill, *history) for s in shipments))

    process_inbox(NOW)

    assert states() == [("done", "")] * 3
    assert TrackingEvent.objects.count() == 1500
    assert not [record for record in caplog.records if "one by one" in record.getMessage()]
