"""A seller's system that is well, down for hours, slow, redirecting, gone, busy, or a trap: what is sent, and when."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from market.common import http
from orders.outbound import send
from orders.outbound.actions.manage_endpoint import rotate_key, turn_off, turn_on
from orders.outbound.actions.replay_delivery import missed_count, replay_range, send_test
from orders.outbound.models import Attempt, Delivery, Endpoint
from orders.outbound.send import AT_ONCE, LEASE, record_outcome, send_due
from orders.shipments.carriers import standard
from orders.shipments.carriers.base import BadSignatureError
from tests.builders import NOW, make_member
from tests.orders.outbound.receiver import Receiver, log_of
from tests.orders.outbound.scenes import make_endpoint, make_order, send_all, tell

pytestmark = pytest.mark.django_db
Start = Callable[[], Receiver]
S = Delivery.State


def states(endpoint: Endpoint) -> list[str]:
    return list(endpoint.deliveries.order_by("pk").values_list("state", flat=True))


def test_message_arrives_signed_thin_and_once(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, secret = make_endpoint(order.enterprise, erp.url)
    tell(order)

    send_all(NOW)
    send_all(NOW + timedelta(days=3))

    ((headers, raw),) = erp.got
    standard.authenticate(raw, headers, [secret], NOW)
    body = json.loads(raw)
    assert body["type"] == "order.placed"
    assert body["data"]["id"] == order.number
    assert body["data"]["url"].endswith(f"/api/v1/seller/orders/{order.number}")
    assert set(body["data"]) == {"id", "version", "url", "purchase"}
    assert log_of(endpoint) == [204]
    assert states(endpoint) == [S.DONE]


def test_ed25519_and_old_key_sign_too_during_a_rotation(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, old = make_endpoint(order.enterprise, erp.url, with_ed25519=True)
    public = endpoint.keys.get(kind="v1a").public
    new = rotate_key(endpoint, by=make_member(order.enterprise), now=NOW)
    tell(order, 2)

    send_all(NOW)
    Delivery.objects.update(state=S.WAITING, attempts=0, due_at=NOW)
    late = NOW + timedelta(hours=24)
    send_all(late)

    for headers, raw in erp.got[:2]:
        for key in (old, public, new.secret, new.public):
            standard.authenticate(raw, headers, [key], NOW)
    for headers, raw in erp.got[2:]:
        standard.authenticate(raw, headers, [new.secret], late)
        with pytest.raises(BadSignatureError):
            standard.authenticate(raw, headers, [old, public], late)


def test_receiver_down_for_hours_gets_it_later_with_the_same_id_and_a_new_time(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, secret = make_endpoint(order.enterprise, erp.url)
    erp.status = 500
    tell(order)
    for minutes in range(0, 6 * 60, 5):
        send_all(NOW + timedelta(minutes=minutes))

    erp.status = 200
    back = NOW + timedelta(hours=9)
    send_all(back)

    assert log_of(endpoint) == [500] * 5 + [200]
    assert len({headers["webhook-id"] for headers, _raw in erp.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _raw in erp.got}) == len(erp.got)
    standard.authenticate(erp.got[-1][1], erp.got[-1][0], [secret], back)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.paused_until) == (0, None, None)


def test_receiver_that_never_comes_back_is_tried_ten_times(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status = 503
    tell(order)

    for hours in range(120):
        send_all(NOW + timedelta(hours=hours))

    assert log_of(endpoint) == [503] * 10
    assert states(endpoint) == [S.FAILED]


def test_redirect_is_a_failure_and_not_followed(receiver: Start) -> None:
    erp, elsewhere, order = receiver(), receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status, erp.headers = 307, {"Location": elsewhere.url}
    tell(order)

    send_all(NOW)

    assert log_of(endpoint) == [307]
    assert elsewhere.got == []
    assert states(endpoint) == [S.WAITING]


def test_410_switches_the_endpoint_off_and_what_it_misses_is_kept(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status = 410
    tell(order)
    send_all(NOW)
    tell(order, 2)
    send_all(NOW + timedelta(days=1))

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.off_reason) == (False, Endpoint.Off.GONE)
    assert log_of(endpoint) == [410]
    assert states(endpoint) == [S.HELD] * 3

    erp.status = 200
    turn_on(endpoint, by=make_member(order.enterprise), now=NOW + timedelta(days=1))
    endpoint.refresh_from_db()
    assert missed_count(endpoint) == 3
    later = NOW + timedelta(days=1)
    assert replay_range(endpoint, since=NOW - timedelta(days=1), until=later, now=later) == 3
    send_all(later)
    assert states(endpoint) == [S.DONE] * 3


@pytest.mark.parametrize(
    "value", ["600", format_datetime((NOW + timedelta(minutes=10)).astimezone(UTC), usegmt=True)], ids=["s", "date"]
)
@pytest.mark.parametrize("status", [429, 503])
def test_busy_receiver_is_left_alone_for_as_long_as_it_asks(receiver: Start, status: int, value: str) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status, erp.headers = status, {"Retry-After": value}
    tell(order, 3)

    send_all(NOW)
    send_all(NOW + timedelta(minutes=9))
    so_far = len(erp.got)
    erp.status = 200
    send_all(NOW + timedelta(minutes=10))
    send_all(NOW + timedelta(minutes=20))

    assert so_far == 3  # those in flight together; nothing more was tried
    assert log_of(endpoint) == [status] * 3 + [200] * 3


def test_slow_receiver_is_cut_off(receiver: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.2)
    erp.gate.clear()
    tell(order)

    send_all(NOW)

    (result,) = log_of(endpoint)
    assert str(result).startswith("no answer")
    assert states(endpoint) == [S.WAITING]


def test_dead_receiver_delays_nobody(receiver: Start) -> None:
    dead, well, order, other = receiver(), receiver(), make_order(), make_order()
    dead.gate.clear()
    stuck, _ = make_endpoint(order.enterprise, dead.url)
    served, _ = make_endpoint(other.enterprise, well.url)
    tell(order, 40)
    tell(other, 20)

    while served.deliveries.exclude(state=S.DONE).exists():
        send_due(NOW)

    assert len(well.got) == 20
    assert len(dead.got) == AT_ONCE
    assert states(stuck) == [S.WAITING] * 40


def test_breaker_opens_after_five_failures_and_then_tries_one(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    make_endpoint(order.enterprise, erp.url)
    erp.status = 500
    tell(order, 50)
    send_all(NOW)
    first = len(erp.got)

    send_all(NOW + timedelta(seconds=29))
    during = len(erp.got)
    send_all(NOW + timedelta(seconds=31))

    assert first == 5
    assert during == first
    assert len(erp.got) == first + 1


def test_killed_worker_s_claim_is_taken_over_after_its_lease(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    tell(order)
    Delivery.objects.update(claimed_until=NOW + LEASE)

    send_all(NOW)
    waiting = len(erp.got)
    send_all(NOW + LEASE)

    assert waiting == 0
    assert states(endpoint) == [S.DONE]


def test_outcome_of_a_removed_endpoint_is_forgotten(receiver: Start) -> None:
    order = make_order()
    endpoint, _ = make_endpoint(order.enterprise, receiver().url)
    tell(order)
    key = endpoint.deliveries.get().pk
    endpoint.delete()

    record_outcome(key, send.Outcome(200, 1), NOW)

    assert Attempt.objects.count() == 0


def test_log_keeps_the_beginning_of_the_answer_and_no_more(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status, erp.body = 200, "好".encode() * 2000 + b"\0\xff"
    tell(order)

    send_all(NOW)

    row = Attempt.objects.get()
    assert 300 < len(row.answer) <= 1024
    assert len(row.request_hash) == 64
    assert endpoint.deliveries.get().state == S.DONE


def test_test_message_goes_out_though_the_endpoint_is_off_and_is_tried_once(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    endpoint, secret = make_endpoint(order.enterprise, erp.url)
    turn_off(endpoint, by=make_member(order.enterprise), now=NOW)
    tell(order)
    erp.status = 500
    send_test(endpoint, now=NOW)

    send_all(NOW)
    send_all(NOW + timedelta(days=2))

    ((headers, raw),) = erp.got
    standard.authenticate(raw, headers, [secret], NOW)
    assert json.loads(raw)["type"] == "webhook.test"
    assert states(endpoint) == [S.HELD, S.FAILED]


@pytest.mark.parametrize("waiting", [3, 30])
def test_claiming_costs_the_same_however_much_waits(
    receiver: Start, waiting: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order()
    make_endpoint(order.enterprise, receiver().url)
    tell(order, waiting)

    with django_assert_num_queries(7):  # two of them savepoints of the test's transaction
        claimed = send._claim(NOW, 32)

    assert len(claimed) == min(waiting, AT_ONCE)


def test_clock_injected_is_the_time_signed(receiver: Start) -> None:
    erp, order = receiver(), make_order()
    make_endpoint(order.enterprise, erp.url)
    tell(order)
    at = datetime(2031, 1, 1, tzinfo=UTC)

    send_all(at)

    assert erp.got[0][0]["webhook-timestamp"] == str(int(at.timestamp()))
