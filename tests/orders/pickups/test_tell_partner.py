"""The partner is told by mail what a seller asks and decides, once, in its language, and of no person."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.pickups.actions.answer_pickup import counter_pickup
from orders.pickups.actions.decide_pickup import refuse_proposal, take_proposal, withdraw_pickup
from orders.pickups.models import PickupEvent, PickupJob, PickupPartner
from orders.pickups.tell_partner import send_mails
from tests.builders import NOW, make_member
from tests.orders.pickups.scenes import LATER, LOAD, make_job, make_partner

pytestmark = pytest.mark.django_db
DISPATCH = "dispatch@example.org"


def asked(language: str = "en", email: str = DISPATCH) -> PickupJob:
    partner, _secret = make_partner()
    PickupPartner.objects.update(email=email, language=language)
    return make_job(partner=partner)


def told() -> list[tuple[str, str]]:
    """Subject and text of the partner's mails since."""
    mail.outbox.clear()
    drain_outbox(NOW + timedelta(minutes=1))
    return [(str(one.subject), str(one.body)) for one in mail.outbox if one.to == [DISPATCH]]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("有货待取", "示范", "2026-11-25 12:00", "件数：4", "21.6 公斤", "请在北京时间")),
        ("en", ("goods are to be fetched", "Example Farm", "2026-11-25 12:00", "Boxes: 4", "21.6 kg", "Please answer")),
        ("ru", ("нужно забрать товар", "Пример хозяйства", "2026-11-25 12:00", "Мест: 4", "21.6 кг", "Ответьте до")),
    ],
)
def test_new_job_is_told_once_with_time_place_and_load(language: str, said: tuple[str, ...]) -> None:
    job = asked(language)

    ((subject, body),) = told()

    assert job.number in subject
    assert [words for words in said if words not in subject + body] == []
    assert f"/api/v1/partner/pickups/{job.number}" in body
    assert LOAD.place in body
    assert LOAD.contact not in body
    assert LOAD.phone not in body
    send_mails(list(OutboxEvent.objects.filter(topic="pickup.asked")), NOW)
    assert len(mail.outbox) == 1


def test_what_the_seller_decides_is_told() -> None:
    taken, refused, withdrawn = asked(), asked(), asked()
    for job in (taken, refused):
        counter_pickup(job, LATER, now=NOW)
        job.refresh_from_db()
    told()

    take_proposal(taken, by=make_member(taken.enterprise), now=NOW)
    refuse_proposal(refused, by=make_member(refused.enterprise), now=NOW)
    withdraw_pickup(withdrawn, by=make_member(withdrawn.enterprise), now=NOW)

    subjects = sorted(subject for subject, _body in told())
    assert subjects == sorted(
        [
            f"Pickup job {taken.number}: the seller takes the time you proposed",
            f"Pickup job {refused.number}: the seller refuses the time you proposed",
            f"Pickup job {withdrawn.number}: the seller has withdrawn it, do not come",
        ]
    )


def test_own_answers_are_no_news_to_the_partner() -> None:
    job = asked()
    told()

    counter_pickup(job, LATER, now=NOW)

    assert told() == []


def test_partner_without_address_is_not_written_to() -> None:
    asked(email="")

    assert told() == []
    assert mail.outbox == []
    assert not PickupEvent.objects.filter(told_at__isnull=False).exists()


def test_mail_that_fails_is_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    asked()

    def refuse(*args: object) -> int:
        raise OSError("mail server is away")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        drain_outbox(NOW)

    assert len(told()) == 1
