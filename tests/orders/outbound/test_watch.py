from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail

from market.common.errors import InvalidInput
from orders.outbound.actions.manage_endpoint import turn_off, turn_on
from orders.outbound.actions.replay_delivery import replay_delivery, replay_range
from orders.outbound.models import Attempt, Delivery, Endpoint, Message
from orders.outbound.watch import forget_old, watch_endpoints
from tests.builders import NOW, make_enterprise, make_member
from tests.orders.outbound.receiver import Receiver, log_of
from tests.orders.outbound.scenes import make_endpoint, make_order, send_all, tell

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_five_days_of_failures_tell_on_days_1_3_5_and_switch_off(receiver: Callable[[], Receiver]) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status = 500
    told, letters = [], 0
    for hours in range(0, 7 * 24, 6):
        now = NOW + timedelta(hours=hours)
        if hours % 24 == 0:
            tell(order, now=now)
        send_all(now)
        watch_endpoints(now)
        if len(mail.outbox) > letters:
            letters = len(mail.outbox)
            told.append((now - NOW).days)

    endpoint.refresh_from_db()
    assert told == [1, 3, 5]
    assert (endpoint.is_active, endpoint.off_reason) == (False, Endpoint.Off.FAILING)
    assert all(row.at < NOW + 5 * DAY + timedelta(minutes=1) for row in Attempt.objects.all())
    assert endpoint.deliveries.filter(state="waiting").count() == 0

    erp.status = 200
    back = NOW + 8 * DAY
    person = make_member(order.enterprise)
    with pytest.raises(InvalidInput):
        replay_range(endpoint, since=NOW, until=back, now=back)
    endpoint = turn_on(endpoint, by=person, now=back)
    missed = replay_range(endpoint, since=NOW - DAY, until=back, now=back)
    send_all(back)
    assert missed == 7
    assert endpoint.deliveries.exclude(state="done").count() == 0


def test_address_that_is_gone_is_told_to_the_owners_once(receiver: Callable[[], Receiver]) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    owners = order.enterprise.members.filter(role="owner").count()
    erp.status = 410
    tell(order)
    send_all(NOW)

    told = [watch_endpoints(NOW), watch_endpoints(NOW + DAY)]

    assert told == [1, 0]
    assert len(mail.outbox) == owners > 0
    assert "410" in str(mail.outbox[0].body)
    assert "больше нет" in str(mail.outbox[0].body)
    assert f"/sell/webhooks/{endpoint.pk}/" in str(mail.outbox[0].body)

    turn_on(Endpoint.objects.get(), by=make_member(order.enterprise), now=NOW + DAY)
    tell(order, now=NOW + DAY)
    send_all(NOW + DAY)
    assert watch_endpoints(NOW + DAY) == 1  # gone again is news again


def test_address_a_person_switched_off_is_told_to_nobody() -> None:
    order = make_order()
    endpoint, _ = make_endpoint(order.enterprise, "https://erp.example/hook")
    turn_off(endpoint, by=make_member(order.enterprise), now=NOW)

    assert watch_endpoints(NOW + DAY) == 0
    assert mail.outbox == []


def test_one_success_in_between_starts_the_days_anew(receiver: Callable[[], Receiver]) -> None:
    erp, order = receiver(), make_order()
    endpoint, _ = make_endpoint(order.enterprise, erp.url)
    erp.status = 500
    tell(order)
    send_all(NOW)
    erp.status = 200
    send_all(NOW + 2 * DAY)

    assert watch_endpoints(NOW + 6 * DAY) == 0
    endpoint.refresh_from_db()
    assert endpoint.is_active
    assert mail.outbox == []
    assert log_of(endpoint) == [500, 200]


def test_notice_goes_to_owners_only_and_once() -> None:
    enterprise = make_enterprise()
    make_endpoint(enterprise, "https://erp.example/hook")
    make_member(enterprise, "warehouse")
    make_member(make_enterprise())
    Endpoint.objects.update(failing_since=NOW, failures=3)

    watch_endpoints(NOW + DAY)
    watch_endpoints(NOW + DAY)

    owner = Endpoint.objects.get().enterprise.members.get(role="owner").user
    assert [letter.to for letter in mail.outbox] == [[owner.email]]


def test_what_is_on_its_way_cannot_be_sent_again(receiver: Callable[[], Receiver]) -> None:
    order = make_order()
    endpoint, _ = make_endpoint(order.enterprise, receiver().url)
    tell(order)
    delivery = endpoint.deliveries.get()

    with pytest.raises(InvalidInput):
        replay_delivery(delivery, now=NOW)
    send_all(NOW)
    replay_delivery(delivery, now=NOW)
    send_all(NOW)

    assert log_of(endpoint) == [204, 204]


def test_log_of_another_endpoint_is_not_replayed(receiver: Callable[[], Receiver]) -> None:
    order = make_order()
    mine, _ = make_endpoint(order.enterprise, receiver().url)
    other, _ = make_endpoint(order.enterprise, receiver().url)
    tell(order)
    send_all(NOW)

    count = replay_range(mine, since=NOW - DAY, until=NOW + DAY, with_delivered=True, now=NOW)
    send_all(NOW)

    assert count == 1
    assert (log_of(mine), log_of(other)) == ([204, 204], [204])


def test_after_thirty_days_the_log_goes_and_what_waits_stays(receiver: Callable[[], Receiver]) -> None:
    order = make_order()
    make_endpoint(order.enterprise, receiver().url)
    tell(order)
    send_all(NOW)
    tell(order)

    forget_old(NOW + 30 * DAY)
    kept = Attempt.objects.count()
    while forget_old(NOW + 30 * DAY + timedelta(seconds=1)):
        pass

    assert kept == 1
    assert Attempt.objects.count() == 0
    assert Delivery.objects.get().state == "waiting"
    assert Message.objects.count() == 1
