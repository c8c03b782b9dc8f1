"""Who is told what became of an application."""

from typing import Any

import pytest
from django.core import mail

from market.common.deadlines.actions import run_due_deadlines
from market.common.outbox.drain import drain_outbox
from market.common.sms.models import QueuedMessage
from market.public_services.actions.decide import accept, approve, reject, return_case
from market.public_services.actions.hand_in import withdraw
from tests.builders import NOW, make_officer, make_user
from tests.market.public_services.scenes import DAY, Town, at_desk, make_accepted, make_case, make_service, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = make_town()
    for user in (town.owner, *town.officers.values()):
        user.language = "en"
        user.save()
    return town


def told() -> list[tuple[str, str]]:
    """Address and subject of what was sent since the last time."""
    while drain_outbox(NOW):
        pass
    sent: list[Any] = list(mail.outbox)
    mail.outbox.clear()
    return [(one.to[0], one.subject) for one in sent]


def test_the_enterprise_and_the_desk_are_told_of_a_hand_in(town: Town) -> None:
    case = make_case(town, make_service(town.corps))

    assert told() == [
        (town.owner.email, f"Application {case.number}: handed in"),
        (town.officers["regiment"].email, f"Application {case.number} waits for you"),
    ]


def test_a_return_names_everything_that_has_to_be_corrected(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    told()
    asked = {"what": "写明面积", "paper:plan": "缺盖章页"}
    return_case(at_desk(case), asked, by=town.officers["regiment"], now=NOW)

    drain_outbox(NOW)

    (sent,) = mail.outbox
    assert "- What is planned: 写明面积\n- Plan: 缺盖章页" in sent.body
    assert f"/en/services/applications/{case.number}/" in sent.body


def test_a_rejection_says_why_and_what_can_be_done(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps))
    told()
    reject(at_desk(case), reason="面积不符", remedy="复核后重报", by=town.officers["regiment"], now=NOW)

    drain_outbox(NOW)

    assert "面积不符" in mail.outbox[0].body
    assert "复核后重报" in mail.outbox[0].body


def test_the_next_level_is_told_and_nobody_of_the_own_enterprise(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps), amount="300000")
    own = make_officer(town.division)
    town.enterprise.members.create(user=own, role="viewer")
    told()

    approve(at_desk(case), by=town.officers["regiment"], now=NOW)

    assert [address for address, _subject in told()] == [town.owner.email, town.officers["division"].email]


def test_what_the_enterprise_takes_back_itself_is_told_to_nobody(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    told()
    withdraw(case, by=town.owner, now=NOW)

    assert told() == []


def test_who_is_late_is_told_once(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    told()
    assert case.due_at is not None

    run_due_deadlines(case.due_at + DAY)
    run_due_deadlines(case.due_at + 2 * DAY)
    drain_outbox(case.due_at + 2 * DAY)

    assert [one.subject for one in mail.outbox] == [f"Application {case.number} is late"]


def test_who_has_no_address_is_told_by_short_message(town: Town) -> None:
    owner = make_user(phone="+8613800138000", phone_verified=True)
    owner.email = None
    owner.save()
    town.enterprise.members.create(user=owner, role="owner")
    case = make_case(town, make_service(town.corps))
    accept(at_desk(case), by=town.officers["regiment"], now=NOW)

    drain_outbox(NOW)

    assert QueuedMessage.objects.filter(key__startswith="application:").count() == 2
