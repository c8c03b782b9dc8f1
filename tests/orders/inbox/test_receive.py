"""The hook, posted to as a partner would: real samples, forged ones, twice, too big, broken."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from market.common.clock import read_clock
from orders.actions.accept_delivery import accept_delivery
from orders.actions.settle_payment import settle_payment
from orders.actions.ship_order import ship_order
from orders.claims.errors import NotDelivered
from orders.inbox import tasks
from orders.inbox.actions import create_endpoint, replay_event, rotate_secret
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.tasks import process_inbox
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import press
from orders.shipments.models import Shipment
from tests.builders import NOW, make_placed, make_variant, stock_of

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "carriers"


def cases() -> list[Any]:
    return [
        pytest.param(folder, item, id=f"{folder}-{item['file']}")
        for folder in ("easypost", "kuaidi100")
        for item in json.loads((SAMPLES / folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    ]


def make_paid_order() -> SellerOrder:
    placed = make_placed((make_variant(on_hand=10), 2))
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    return SellerOrder.objects.get(pk=placed.seller_orders[0].pk)


def make_shipment(waybill: str, carrier: str = "test") -> Shipment:
    return ship_order(make_paid_order(), [], carrier=carrier, waybill=waybill, by=None, now=NOW)


def post_sample(client: Client, endpoint: Endpoint, folder: str, item: dict[str, Any]) -> Any:
    http = item["http"]
    raw = http["body"].encode() if "body" in http else (SAMPLES / folder / item["file"]).read_bytes()
    headers = {k: v for k, v in http["headers"].items() if k != "content-type"}
    return client.post(f"/hooks/{endpoint.pk}/", raw, content_type=http["headers"]["content-type"], headers=headers)


@pytest.mark.parametrize(("folder", "item"), cases())
def test_real_sample_moves_the_shipment_once(client: Client, folder: str, item: dict[str, Any]) -> None:
    expect = item["expect"]
    shipment = make_shipment(expect["tracking_number"])
    SellerOrder.objects.update(placed_at=datetime(2024, 1, 1, tzinfo=UTC))  # or the samples are too old to count
    endpoint, _ = create_endpoint(folder, "partner", now=NOW, secret=item["secret"])

    answers = [post_sample(client, endpoint, folder, item) for _ in range(2)]
    process_inbox(read_clock())

    assert [answer.status_code for answer in answers] == [200, 200]
    if "must_answer" in item:
        assert answers[1].json() == item["must_answer"]["json"]
    assert InboxEvent.objects.count() == 1
    shipment.refresh_from_db()
    assert shipment.status == expect["status"]
    if "substatus" in expect:
        assert shipment.substatus == expect["substatus"]
    assert shipment.events.count() == expect["events"]
    newest = shipment.events.order_by("-occurred_at").first()
    assert newest is not None
    assert newest.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ") == expect["occurred_at"]


def signed(secret: str, body: bytes, identifier: str = "msg_1", at: int | None = None) -> dict[str, str]:
    stamp = str(at if at is not None else int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def payload(number: str, *statuses: tuple[str, str]) -> bytes:
    events = [{"id": f"e{i}", "occurred_at": at, "status": status} for i, (at, status) in enumerate(statuses)]
    return json.dumps({"type": "shipment.updated", "data": {"tracking_number": number, "events": events}}).encode()


def post(client: Client, endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> int:
    answer = client.post(f"/hooks/{endpoint.pk}/", body, content_type="application/json", headers=headers)
    return int(answer.status_code)


def test_delivered_first_and_picked_up_later_is_delivered(client: Client) -> None:
    shipment = make_shipment("WB1")
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    for number, (at, status) in enumerate(
        [("2026-11-02T08:00:00Z", "delivered"), ("2026-11-01T08:00:00Z", "picked_up")]
    ):
        event = {"id": f"x{number}", "occurred_at": at, "status": status}
        data = {"tracking_number": "WB1", "events": [event]}
        body = json.dumps({"type": "shipment.updated", "data": data}).encode()
        assert post(client, endpoint, body, signed(secret, body, f"m{number}")) == 202
        process_inbox(read_clock())

    shipment.refresh_from_db()
    assert (shipment.status, shipment.flags) == ("delivered", [])


def test_address_without_its_last_slash_takes_messages_too(client: Client) -> None:
    """Redirected, a message would be lost with most programs that post."""
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("WB1", ("2026-11-01T08:00:00Z", "picked_up"))

    answer = client.post(f"/hooks/{endpoint.pk}", body, "application/json", headers=signed(secret, body))

    assert answer.status_code == 202
    assert InboxEvent.objects.get().endpoint_id == endpoint.pk


def test_acceptance_before_delivery_is_refused() -> None:
    order = make_shipment("WB5").seller_order

    with pytest.raises(NotDelivered):
        accept_delivery(order, by=None, now=NOW)


def test_whole_story_from_shipping_to_available_money(client: Client) -> None:
    shipment = make_shipment("WB2")
    order = shipment.seller_order
    variant = order.lines.get().variant
    assert stock_of(variant) == (Decimal(8), Decimal(0))
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("WB2", ("2026-11-01T10:00:00Z", "picked_up"), ("2026-11-02T10:00:00Z", "delivered"))

    assert post(client, endpoint, body, signed(secret, body)) == 202
    process_inbox(read_clock())
    accept_delivery(order, by=None, now=NOW)
    accept_delivery(order, by=None, now=NOW)

    order.refresh_from_db()
    assert order.state == "completed"
    assert balance("seller_held", "CNY", order.enterprise_id) == 0
    assert balance("seller_available", "CNY", order.enterprise_id) == -order.total


def easypost_headers(secret: str, body: bytes) -> dict[str, str]:
    return {"x-hmac-signature": "hmac-sha256-hex=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_verified_id_no_database_can_hold_is_stored_and_acknowledged(client: Client) -> None:
    endpoint, secret = create_endpoint("easypost", "partner", now=NOW)
    body = b'{"id":"\\ud800\\u0000"}'

    assert post(client, endpoint, body, easypost_headers(secret, body)) == 200
    assert InboxEvent.objects.get().key == "?"


def test_receive_needs_two_statements_however_many_keys(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=read_clock())
    for _ in range(3):
        secret = rotate_secret(endpoint, now=read_clock())
    body = payload("WB1")

    with django_assert_num_queries(2):
        assert post(client, endpoint, body, signed(secret, body)) == 202


def test_database_away_asks_the_partner_to_come_again(client: Client) -> None:
    def refuse(*_: object) -> Any:
        raise OperationalError("away")

    with connection.execute_wrapper(refuse):
        answer = client.post("/hooks/anybody/", b"{}", content_type="application/json")

    assert answer.status_code == 503


@pytest.mark.parametrize("body", [b"{not json", b"\xff\xfe", b"[]", b'{"type":"shipment.updated","data":{}}'])
def test_verified_but_unreadable_is_stored_parked_and_acknowledged(client: Client, body: bytes) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)

    assert post(client, endpoint, body, signed(secret, body)) == 202
    process_inbox(read_clock())

    event = InboxEvent.objects.get()
    assert event.state == "parked"
    replay_event(event, now=NOW)
    event.refresh_from_db()
    assert event.state == "open"


def test_message_before_its_shipment_is_matched_later(client: Client) -> None:
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("WB9", ("2026-11-01T10:00:00Z", "in_transit"))
    post(client, endpoint, body, signed(secret, body))
    process_inbox(read_clock())
    assert InboxEvent.objects.get().state == "open"

    shipment = make_shipment("WB9")
    process_inbox(read_clock() + timedelta(minutes=10))

    shipment.refresh_from_db()
    assert (shipment.status, InboxEvent.objects.get().state) == ("in_transit", "done")


def test_both_secrets_are_good_while_they_overlap(client: Client) -> None:
    endpoint, old = create_endpoint("standard", "truck", now=read_clock())
    new = rotate_secret(endpoint, now=read_clock())

    for number, secret in enumerate([old, new]):
        body = payload(f"W{number}")
        assert post(client, endpoint, body, signed(secret, body, f"m{number}")) == 202

    endpoint.secrets.update(retires_at=read_clock() - timedelta(seconds=1))
    body = payload("W3")
    assert post(client, endpoint, body, signed(old, body, "m3")) == 401


def test_what_a_killed_worker_had_claimed_is_done_once_by_the_next(client: Client) -> None:
    from orders.inbox import tasks

    shipment = make_shipment("WB7")
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    body = payload("WB7", ("2026-11-01T10:00:00Z", "delivered"))
    post(client, endpoint, body, signed(secret, body))
    now = read_clock()
    tasks._claim(now)

    assert process_inbox(now) == 0
    assert process_inbox(now + tasks.LEASE + timedelta(seconds=1)) == 1
    assert process_inbox(now + tasks.LEASE * 3) == 0
    assert shipment.events.count() == 1


def test_messages_tried_again_do_not_keep_new_ones_waiting(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    shipment = make_shipment("KNOWN")
    endpoint, secret = create_endpoint("standard", "truck", now=NOW)
    for number in ("X1", "X2", "X3", "KNOWN"):
        body = payload(number, ("2026-11-24T01:00:00Z", "in_transit"))
        assert post(client, endpoint, body, signed(secret, body, f"m{number}")) == 202
    now = read_clock()

    for _ in range(2):
        process_inbox(now)

    shipment.refresh_from_db()
    assert shipment.status == "in_transit"
    assert InboxEvent.objects.filter(state="open").count() == 3
    assert process_inbox(now + timedelta(seconds=30)) == 0


def cainiao_form(number: str, content: str, secret: str) -> bytes:
    digest = hashlib.md5((content + secret).encode(), usedforsecurity=False).digest()
    fields = {"msg_id": number, "data_digest": base64.b64encode(digest).decode(), "logistics_interface": content}
    return urlencode(fields).encode()


def test_old_content_under_the_id_of_a_message_to_come_does_not_keep_it_out(client: Client) -> None:
    shipment = make_shipment("LP1")
    endpoint, secret = create_endpoint("cainiao", "partner", now=NOW, secret="cainiao-secret")
    old = {"mailNo": "LP1", "traceList": [{"action": "GOT", "time": "2026-11-24 08:00:00"}]}
    new = {"mailNo": "LP1", "traceList": [{"action": "SIGNED", "time": "2026-11-24 10:00:00"}]}

    for number, body in (("m1", old), ("m2", old), ("m2", new), ("m2", new)):
        raw = cainiao_form(number, json.dumps(body), secret)
        answer = client.post(f"/hooks/{endpoint.pk}/", raw, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    process_inbox(read_clock())

    shipment.refresh_from_db()
    assert (shipment.status, shipment.events.count(), InboxEvent.objects.count()) == ("delivered", 2, 3)
