from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from market.common.outbox.drain import drain_outbox
from orders.actions.register_tracking import register_report
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
