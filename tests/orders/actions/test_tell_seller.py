"""Those who ship are told once of what goes wrong on the way, in their language."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.common.outbox.record import record_event
from orders.actions.raise_silent import SILENT_AFTER, raise_silent
from orders.actions.register_tracking import register_report
from orders.actions.tell_seller import send_alarms
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Alarm, Shipment
from tests.builders import NOW, make_member
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
LATE = NOW + SILENT_AFTER + timedelta(seconds=1)


def staffed(language: str = "en") -> Shipment:
    shipment = make_shipment("W", "Cold trucks")
    clerk = make_member(shipment.seller_order.enterprise, "warehouse")
    clerk.language = language
    clerk.email = "clerk@example.org"
    clerk.save()
    make_member(shipment.seller_order.enterprise, "sales")
    return shipment


def hear(status: str, hours: float) -> None:
    at = NOW + timedelta(hours=hours)
    register_report(Report("W", events=[CarrierEvent(f"{status}{hours}", at, status)]), received_at=at, now=at)


def told(hours: float) -> list[str]:
    """Subjects of the clerk's mails since."""
    before = len(mail.outbox)
    drain_outbox(NOW + timedelta(hours=hours))
    return [str(one.subject) for one in mail.outbox[before:] if one.to == ["clerk@example.org"]]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "三天没有消息"),
        ("en", "silent for three days"),
        ("ru", "три дня нет новостей"),
    ],
)
def test_silence_is_told_once_in_the_clerks_language(language: str, said: str) -> None:
    shipment = staffed(language)
    raise_silent(LATE)
    events = list(OutboxEvent.objects.filter(topic="shipment.silent"))

    drain_outbox(LATE)
    send_alarms(events, LATE)

    (message,) = [one for one in mail.outbox if one.to == ["clerk@example.org"]]
    assert said in str(message.subject)
    assert f"/{language}/sell/orders/{shipment.seller_order.number}/" in str(message.body)
    assert "W" in str(message.body)
    assert "李买家" not in str(message.body)


def test_next_silence_is_told_again() -> None:
    staffed()
    raise_silent(LATE)
    first = told(73)
    hear("in_transit", 80)
    told(80)
    raise_silent(NOW + timedelta(hours=160))

    assert (len(first), len(told(160))) == (1, 1)


def test_silence_broken_before_the_mail_is_no_news() -> None:
    staffed()
    raise_silent(LATE)
    hear("in_transit", 73)

    assert told(73) == []


def test_return_and_loss_are_told_once_each_and_good_news_never() -> None:
    staffed()
    subjects = []
    for hours, status in enumerate(["in_transit", "returning", "in_transit", "returning", "returned"]):
        hear(status, hours)
        subjects += told(hours)

    assert [subject.rpartition(": ")[2] for subject in subjects] == ["on its way back", "returned"]


def test_excursion_is_told_once() -> None:
    shipment = staffed()
    Shipment.objects.update(out_of_range_at=NOW)
    for _ in range(2):
        record_event("shipment.out_of_range", shipment.number, now=NOW)

    assert [subject.rpartition(": ")[2] for subject in told(1)] == ["left the temperatures agreed"]


def test_mail_that_fails_is_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    staffed()
    raise_silent(LATE)

    def refuse(*args: object) -> int:
        raise OSError("mail server is away")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        failed = told(73)
    claims = Alarm.objects.count()

    assert (failed, claims) == ([], 0)
    assert len(told(74)) == 1
