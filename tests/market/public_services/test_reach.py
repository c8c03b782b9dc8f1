"""Who stands in for an officer decides in both names, but never about an enterprise either works for."""

from datetime import timedelta

import pytest
from django.core import mail

from market.accounts.actions.delegate_post import delegate_post
from market.accounts.models import User
from market.common.errors import NotFound
from market.common.outbox.drain import drain_outbox
from market.public_services.actions.decide import accept, approve
from market.public_services.errors import OwnEnterprise
from market.public_services.models import Application
from market.public_services.queries import mine
from tests.builders import NOW, make_officer
from tests.market.public_services.scenes import DAY, Town, at_desk, make_accepted, make_case, make_service

pytestmark = pytest.mark.django_db
LEAVE = 10


@pytest.fixture
def stand_in(town: Town) -> User:
    """Of the division; lent the regiment's post for ten days."""
    user, post = make_officer(town.division, "viewer"), town.officers["regiment"].posts.get()
    delegate_post(post, user, valid_from=NOW, valid_to=NOW + LEAVE * DAY, by=post.user, now=NOW)
    return user


def test_what_is_due_while_the_officer_is_away_is_in_the_stand_ins_inbox(town: Town, stand_in: User) -> None:
    case = make_case(town, make_service(town.corps))
    assert case.due_at is not None
    assert case.due_at < NOW + LEAVE * DAY
    due_day = case.due_at - timedelta(hours=1)

    assert list(Application.objects.filter(mine(stand_in, due_day))) == [case]
    assert not Application.objects.filter(mine(stand_in, NOW + LEAVE * DAY))
    drain_outbox(NOW)
    assert stand_in.email in [address for one in mail.outbox for address in one.to]


def test_an_opinion_bears_both_names(town: Town, stand_in: User) -> None:
    case = make_accepted(town, make_service(town.corps))

    approve(at_desk(case), opinion="同意", by=stand_in, now=NOW)

    last = case.results.last()
    assert last is not None
    assert (last.by, last.instead_of) == (stand_in, town.officers["regiment"])


def test_after_the_leave_it_is_over(town: Town, stand_in: User) -> None:
    case = make_case(town, make_service(town.corps))

    with pytest.raises(NotFound):
        accept(at_desk(case), by=stand_in, now=NOW + LEAVE * DAY)


@pytest.mark.parametrize("who", ["stand-in", "officer"])
def test_nobody_reviews_the_own_enterprise_through_another(town: Town, stand_in: User, who: str) -> None:
    case = make_case(town, make_service(town.corps))
    member = stand_in if who == "stand-in" else town.officers["regiment"]
    town.enterprise.members.create(user=member, role="viewer")

    with pytest.raises(OwnEnterprise):
        accept(at_desk(case), by=stand_in, now=NOW)
    assert not Application.objects.filter(mine(stand_in, NOW))


def test_who_has_a_post_of_their_own_acts_by_it(town: Town) -> None:
    colleague, post = make_officer(town.regiment), town.officers["regiment"].posts.get()
    delegate_post(post, colleague, valid_from=NOW, valid_to=NOW + DAY, by=post.user, now=NOW)
    case = make_case(town, make_service(town.corps))

    accept(at_desk(case), by=colleague, now=NOW)

    last = case.results.get(act="accept")
    assert (last.by, last.instead_of) == (colleague, None)
