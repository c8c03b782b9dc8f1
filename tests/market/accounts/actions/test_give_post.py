"""Posts are filled from above, for one's own subtree and kind, once, and everything is in the log."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from market.accounts.actions.give_post import give_post, withdraw_post
from market.accounts.errors import LastPost, PostHeldAlready
from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, NotAllowed
from market.regions.models import OrgUnit
from tests.builders import NOW, make_officer, make_regiment, make_user

pytestmark = pytest.mark.django_db


def above(unit: OrgUnit, steps: int = 1) -> OrgUnit:
    for _ in range(steps):
        assert unit.parent is not None
        unit = unit.parent
    return unit


def give(by: User, unit: OrgUnit, role: str = "finance", user: User | None = None) -> Post:
    return give_post(user or make_user(), unit, role, reason="order 7", by=by, now=NOW)


def test_the_corps_gives_a_division_and_the_division_a_regiment() -> None:
    regiment = make_regiment()
    corps = make_officer(above(regiment, 2), "finance")
    division = make_user()

    give(corps, above(regiment), user=division)
    post = give(division, regiment)

    assert list(posts_of(post.user, NOW)) == [post]
    first, second = AuditEntry.objects.filter(action="post.given").order_by("pk")
    assert (first.actor, second.actor) == (str(corps), str(division))
    assert second.details == {
        "person": str(post.user),
        "unit": regiment.code,
        "role": "finance",
        "reason": "order 7",
        "until": "",
    }


@pytest.mark.parametrize(
    ("role", "place", "given"),
    [
        ("finance", lambda regiment: regiment, "finance"),  # beside
        ("finance", lambda regiment: above(regiment), "finance"),  # above
        ("finance", lambda regiment: make_regiment(), "finance"),  # elsewhere
        ("viewer", lambda regiment: regiment, "viewer"),
    ],
)
def test_nobody_gives_beside_above_or_elsewhere(role: str, place: Callable[[OrgUnit], OrgUnit], given: str) -> None:
    regiment = make_regiment()
    officer = make_officer(regiment, role)

    with pytest.raises(NotAllowed):
        give(officer, place(regiment), given)

    assert Post.objects.count() == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("own", "given", "is_allowed"),
    [
        ("finance", "finance", True),
        ("finance", "viewer", True),
        ("finance", "compliance", False),
        ("reviewer", "finance", False),
        ("viewer", "viewer", False),
        ("viewer", "finance", False),
    ],
)
def test_nobody_passes_on_what_they_may_not_do_themselves(own: str, given: str, is_allowed: bool) -> None:
    regiment = make_regiment()
    officer = make_officer(above(regiment), own)

    if is_allowed:
        give(officer, regiment, given)
    else:
        with pytest.raises(NotAllowed):
            give(officer, regiment, given)

    assert Post.objects.filter(unit=regiment).count() == is_allowed


def test_a_code_that_begins_alike_is_another_unit() -> None:
    corps = above(make_regiment(), 2)
    short = OrgUnit.objects.create(code="A1", level="division", path="/XP/A1/", parent=corps)
    longer = OrgUnit.objects.create(code="A12", level="division", path="/XP/A12/", parent=corps)

    with pytest.raises(NotAllowed):
        give(make_officer(short, "finance"), longer)


def test_whose_own_post_has_ended_gives_nothing() -> None:
    regiment = make_regiment()
    officer = make_officer(above(regiment), "finance")
    Post.objects.filter(user=officer).update(valid_to=NOW)

    with pytest.raises(NotAllowed):
        give(officer, regiment)


def test_the_second_of_two_is_told_and_an_ended_post_begins_anew() -> None:
    regiment = make_regiment()
    officer, user = make_officer(above(regiment), "finance"), make_user()
    post = give(officer, regiment, user=user)

    with pytest.raises(PostHeldAlready):
        give(make_officer(above(regiment), "finance"), regiment, user=user)

    withdraw_post(post, reason="moved", by=officer, now=NOW)
    later = NOW + timedelta(days=1)
    again = give_post(user, regiment, "finance", reason="back", by=officer, now=later)
    assert (again.pk, again.valid_from, again.valid_to) == (post.pk, later, None)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "post.given",
        "post.withdrawn",
        "post.given",
    ]


def test_what_is_not_sensible_is_named_field_by_field() -> None:
    regiment = make_regiment()
    officer = make_officer(above(regiment), "finance")
    regiment.closed_at = NOW
    regiment.save()

    with pytest.raises(InvalidInput) as refused:
        give_post(officer, regiment, "finance", reason=" ", by=officer, now=NOW, valid_to=NOW)

    assert set(refused.value.details["fields"]) == {"person", "unit", "until", "reason"}


def test_withdrawn_at_once_by_somebody_above_and_once_only() -> None:
    regiment = make_regiment()
    holder, officer = make_officer(regiment, "finance"), make_officer(above(regiment), "finance")
    post = Post.objects.get(user=holder)

    withdraw_post(post, reason="moved", by=officer, now=NOW)

    assert not posts_of(holder, NOW).exists()
    with pytest.raises(Conflict):
        withdraw_post(post, reason="again", by=officer, now=NOW)
    assert AuditEntry.objects.get().details["reason"] == "moved"


def test_only_somebody_above_of_the_same_kind_withdraws() -> None:
    regiment = make_regiment()
    post = Post.objects.get(user=make_officer(regiment, "finance"))
    strangers = [
        make_officer(regiment, "finance"),
        make_officer(above(regiment), "reviewer"),
        make_officer(above(regiment), "viewer"),
        make_officer(above(make_regiment()), "finance"),
    ]

    for stranger in strangers:
        with pytest.raises(NotAllowed):
            withdraw_post(post, reason="mine", by=stranger, now=NOW)

    post.refresh_from_db()
    assert post.valid_to is None


def test_the_last_own_post_cannot_be_laid_down_but_one_of_two_can() -> None:
    regiment = make_regiment()
    officer = make_officer(regiment, "finance")
    post = Post.objects.get(user=officer)
    with pytest.raises(LastPost):
        withdraw_post(post, reason="tired", by=officer, now=NOW)
    other = Post.objects.create(user=officer, unit=regiment, role="reviewer", valid_from=NOW)

    withdraw_post(post, reason="tired", by=officer, now=NOW)

    with pytest.raises(LastPost):
        withdraw_post(other, reason="tired", by=officer, now=NOW)
    assert list(posts_of(officer, NOW)) == [other]
