"""Those who ship are told once, in their language; the seller's system by webhook."""

import json
from datetime import timedelta

import pytest
from django.core import mail

from market.common.deadlines.actions import run_due_deadlines
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Member
from orders.outbound.catalogue import BY_NAME
from orders.outbound.models import Message
from orders.pickups.actions.answer_pickup import accept_pickup, counter_pickup, decline_pickup
from orders.pickups.actions.decide_pickup import take_proposal
from orders.pickups.tell_seller import send_mails
from tests.builders import NOW, make_member
from tests.orders.outbound.scenes import make_endpoint
from tests.orders.outbound.test_messages import check
from tests.orders.pickups.scenes import LATER, make_job

pytestmark = pytest.mark.django_db


def test_staff_that_ships_is_told_in_their_language_and_once() -> None:
    job = make_job()
    clerk = make_member(job.enterprise, "warehouse")
    clerk.language = "ru"
    clerk.save()
    make_member(job.enterprise, "sales")
    make_member(job.enterprise, "viewer")
    counter_pickup(job, LATER, reason="road closed", now=NOW)
    events = list(OutboxEvent.objects.filter(topic="pickup.countered"))

    drain_outbox(NOW)
    send_mails(events, NOW)

    owner = Member.objects.get(enterprise=job.enterprise, role="owner").user
    assert sorted(str(one.to[0]) for one in mail.outbox) == sorted([str(owner.email), str(clerk.email)])
    russian = next(one for one in mail.outbox if one.to == [clerk.email])
    assert f"/ru/sell/pickups/{job.number}/" in str(russian.body)
    assert "2026-11-26 12:00" in str(russian.body)
    assert "road closed" in str(russian.body)


def test_own_decisions_are_no_news_by_mail_but_told_to_the_system() -> None:
    job = make_job()
    make_endpoint(job.enterprise, "https://erp.example/hook", "pickup.accepted")
    counter_pickup(job, LATER, now=NOW)
    drain_outbox(NOW)
    mail.outbox.clear()
    job.refresh_from_db()

    take_proposal(job, by=make_member(job.enterprise), now=NOW)
    drain_outbox(NOW)

    assert mail.outbox == []
    assert [row.type for row in Message.objects.all()] == ["pickup.accepted"]


def test_messages_are_what_their_schema_says() -> None:
    accepted, declined, countered, expired = make_job(), make_job(), make_job(), make_job()
    for job in (accepted, declined, countered, expired):
        make_endpoint(job.enterprise, "https://erp.example/hook")
    accept_pickup(accepted, vehicle="A", driver="B", now=NOW)
    decline_pickup(declined, reason="C", now=NOW)
    counter_pickup(countered, LATER, now=NOW)
    run_due_deadlines(NOW + timedelta(hours=24))

    drain_outbox(NOW + timedelta(hours=24))

    told = {row.type: json.loads(row.body) for row in Message.objects.filter(type__startswith="pickup.")}
    assert set(told) == {"pickup.accepted", "pickup.declined", "pickup.countered", "pickup.expired"}
    for kind, body in told.items():
        check(body, BY_NAME[kind].schema)
    assert told["pickup.accepted"]["data"]["url"].endswith(f"/api/v1/seller/pickups/{accepted.number}")
