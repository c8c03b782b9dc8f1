"""A post is lent for some days to somebody who sees what it sees; it ends with the post."""

from datetime import timedelta

import pytest

from market.accounts.actions.delegate_post import delegate_post, end_delegation
from market.accounts.models import Delegation, Post, User
from market.accounts.queries import standing_in
from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, NotAllowed
from market.regions.models import OrgUnit
from tests.builders import NOW, make_officer, make_regiment, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def unit() -> OrgUnit:
    return make_regiment()


@pytest.fixture
def post(unit: OrgUnit) -> Post:
    return make_officer(unit).posts.get()


def lend(post: Post, to: User, *, by: User | None = None, first: int = 0, last: int = 5) -> Delegation:
    return delegate_post(post, to, valid_from=NOW + first * DAY, valid_to=NOW + last * DAY, by=by or post.user, now=NOW)


def test_it_holds_from_its_first_to_its_last_moment_and_is_in_the_log(post: Post, unit: OrgUnit) -> None:
    made = lend(post, make_officer(unit, "viewer"), first=1)

    assert [list(standing_in(NOW + days * DAY)) for days in (0, 1, 4, 5)] == [[], [made], [made], []]
    assert AuditEntry.objects.get(action="post.delegated").details["person"] == str(made.to)


def test_it_ends_with_the_post_and_when_it_is_ended(post: Post, unit: OrgUnit) -> None:
    made = lend(post, make_officer(unit, "viewer"))
    Post.objects.filter(pk=post.pk).update(valid_to=NOW + DAY)
    assert [len(standing_in(NOW)), len(standing_in(NOW + DAY))] == [1, 0]

    end_delegation(made, by=post.user, now=NOW)

    assert not standing_in(NOW)
    with pytest.raises(Conflict):
        end_delegation(made, by=post.user, now=NOW)


def test_one_that_has_not_begun_never_does(post: Post, unit: OrgUnit) -> None:
    made = lend(post, make_officer(unit, "viewer"), first=2)

    end_delegation(made, by=post.user, now=NOW)

    assert not standing_in(NOW + 3 * DAY)


def test_only_the_holder_or_an_officer_above_lends_it(post: Post, unit: OrgUnit) -> None:
    assert unit.parent is not None
    above, stand_in = make_officer(unit.parent), make_officer(unit, "viewer")

    lend(post, stand_in, by=above)
    for other in (stand_in, make_officer(unit), make_officer(unit.parent, "viewer"), make_officer(make_regiment())):
        with pytest.raises(NotAllowed):
            lend(post, stand_in, by=other)
    money = make_officer(unit, "finance")
    with pytest.raises(NotAllowed):
        lend(money.posts.get(), stand_in, by=money)
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize("who", ["themselves", "nobody's officer", "elsewhere", "too late"])
def test_who_cannot_stand_in_is_refused(post: Post, unit: OrgUnit, who: str) -> None:
    to = {
        "themselves": post.user,
        "nobody's officer": make_user(),
        "elsewhere": make_officer(make_regiment()),
        "too late": make_officer(unit),
    }[who]

    with pytest.raises(InvalidInput):
        lend(post, to, first=-9, last=0 if who == "too late" else 5)

    assert not Delegation.objects.exists()
