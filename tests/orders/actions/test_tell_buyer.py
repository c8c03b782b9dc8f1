from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from market.common.outbox.drain import drain_outbox
from orders.actions.register_tracking import Heard, register_report, register_reports
from orders.orders.models import Purchase
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Notice
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db


def tell(status: str, hours: float, *, received: float | None = None) -> None:
    moment = NOW + timedelta(hours=received if received is not None else hours)
    event = CarrierEvent(f"{status}{hours}", NOW + timedelta(hours=hours), status)
    register_report(Report("W", events=[event], eta="2026-11-30"), received_at=moment, now=moment)


def drain(hours: float) -> list[str]:
    before = len(mail.outbox)
    drain_outbox(NOW + timedelta(hours=hours))
    return [str(message.subject) for message in mail.outbox[before:]]


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("zh-hans", "运输途中", "预计送达：2026-11-30。"),
        ("en", "in transit", "Expected delivery: 2026-11-30."),
        ("ru", "в пути", "Ожидаемая доставка: 2026-11-30."),
    ],
)
def test_buyer_is_told_in_the_language_of_the_purchase(language: str, subject: str, line: str) -> None:
    shipment = make_shipment("W")
    Purchase.objects.update(language=language)

    tell("in_transit", 1)
    drain(2)

    (message,) = mail.outbox
    assert message.to == ["buyer@example.org"]
    assert message.subject.endswith(subject)
    assert line in message.body
    assert shipment.number in message.body


def test_expected_day_is_the_recipients_not_that_of_greenwich() -> None:
    make_shipment("W")
    event = CarrierEvent("e", NOW, "in_transit")
    register_report(Report("W", events=[event], eta="2026-11-29T16:00:00Z"), received_at=NOW, now=NOW)
    drain(1)

    assert "2026-11-30" in str(mail.outbox[0].body)


def test_each_status_is_told_once_however_often_it_comes_back() -> None:
    make_shipment("W")
    for hours, status in enumerate(["in_transit", "out_for_delivery", "in_transit", "out_for_delivery"]):
        tell(status, hours)
        drain(hours)
    drain(9)

    assert len(mail.outbox) == 2


def test_old_news_and_a_mere_label_are_not_told() -> None:
    make_shipment("W")
    tell("pre_transit", 1)
    tell("in_transit", 2, received=51)
    drain(52)

    assert mail.outbox == []
    assert Notice.objects.count() == 2


def test_news_that_waited_too_long_in_our_own_house_is_not_told_either() -> None:
    make_shipment("W")
    tell("in_transit", 1)

    assert drain(60) == []
    assert not Notice.objects.get().is_due


def test_several_moves_before_the_first_drain_tell_each_status_once() -> None:
    make_shipment("W")
    tell("in_transit", 1)
    tell("delivered", 3)

    assert len(drain(4)) == 2
    assert drain(5) == []


TOGETHER = ["in_transit", "out_for_delivery", "delivery_attempted", "available_for_pickup", "delivered", "returning"]


@pytest.mark.parametrize("is_one_go", [True, False])
def test_what_a_buyer_acts_on_is_told_though_more_came_with_it(is_one_go: bool) -> None:
    make_shipment("W")
    events = [CarrierEvent(status, NOW + timedelta(hours=hour), status) for hour, status in enumerate(TOGETHER)]
    heard = [Heard(Report("W", events=[event]), NOW + timedelta(hours=6)) for event in events]
    for batch in [heard] if is_one_go else [[one] for one in heard]:
        register_reports(batch, now=NOW + timedelta(hours=6))
    drain(6)

    told = list(Notice.objects.exclude(sent_at=None).order_by("pk").values_list("status", flat=True))
    assert told == (TOGETHER[2:] if is_one_go else TOGETHER)


def test_what_a_buyer_acts_on_is_told_though_it_came_after_what_followed() -> None:
    make_shipment("W")
    tell("delivered", 5)
    drain(5)
    tell("delivery_attempted", 3, received=6)

    assert len(drain(6)) == 1
    assert Notice.objects.get(status="delivery_attempted").sent_at is not None
    tell("picked_up", 2, received=7)
    assert drain(7) == []


def test_old_news_of_what_a_buyer_acts_on_is_not_told() -> None:
    make_shipment("W")
    tell("delivery_attempted", 1, received=50)
    tell("delivered", 50)

    assert len(drain(50)) == 1


def test_mail_that_fails_is_sent_by_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    make_shipment("W")
    tell("in_transit", 1)

    def away(*_: Any) -> int:
        raise ConnectionError("away")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        assert drain(2) == []
    assert Notice.objects.get().sent_at is None

    assert len(drain(3)) == 1
    assert Notice.objects.get().sent_at is not None


def test_buyer_without_an_address_is_left_alone() -> None:
    make_shipment("W")
    Purchase.objects.update(buyer_email="", buyer=None)
    tell("in_transit", 1)

    assert drain(2) == []
