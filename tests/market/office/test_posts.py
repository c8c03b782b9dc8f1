import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from market.accounts.models import Post, User
from market.office.desk import Desk
from market.regions.models import OrgUnit
from tests.builders import NOW, make_officer, make_regiment, make_user
from tests.market.office.people import signed_in, statements_of

pytestmark = pytest.mark.django_db


def test_posts_of_the_own_subtree_are_listed() -> None:
    unit = make_regiment()
    officer, other = make_officer(unit), make_officer(make_regiment())

    page = signed_in(officer).get("/en/ops/posts/").content.decode()

    assert str(officer) in page
    assert str(other) not in page


def test_posts_cost_the_same_for_three_and_for_thirty() -> None:
    unit = make_regiment()
    client = signed_in(make_officer(unit))
    make_officer(unit), make_officer(unit)
    few = statements_of(lambda: client.get("/en/ops/posts/"))
    for _ in range(27):
        make_officer(unit)

    assert statements_of(lambda: client.get("/en/ops/posts/")) == few


def test_paths_leave_out_what_lies_below_another_post() -> None:
    unit = make_regiment()
    officer = make_officer(unit)
    assert unit.parent is not None
    upper = make_officer(unit.parent, "finance")
    posts = (*officer.posts.select_related("unit"), *upper.posts.select_related("unit"))
    desk = Desk(officer, NOW, posts)

    assert desk.paths() == [unit.parent.path]
    assert desk.paths("reviewer") == [unit.path]
    assert desk.paths("compliance") == []


FORM = {"role": "finance", "until": "", "reason": "order 7"}


def known_user(**fields: object) -> User:
    user = make_user(**fields)  # type: ignore[arg-type]
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def division_of(unit: OrgUnit) -> OrgUnit:
    assert unit.parent is not None
    return unit.parent


def test_a_post_is_given_and_ended_on_the_pages() -> None:
    unit = make_regiment()
    client, user = signed_in(make_officer(division_of(unit), "finance")), known_user()

    answer = client.post("/en/ops/posts/new/", FORM | {"person": user.email, "unit": unit.code}, follow=True)

    assert f"Post given: {user}, finance officer" in answer.content.decode()
    post = Post.objects.get(user=user)
    place = f"/en/ops/posts/{post.pk}/"
    assert place in answer.content.decode()
    assert signed_in(user).get("/en/ops/").status_code == 200
    assert "order 7" in client.get(place).content.decode()
    assert client.post(place, {"reason": ""}).status_code == 422
    assert client.post(place, {"reason": "moved"}).status_code == 302
    assert signed_in(user).get("/en/ops/").status_code == 404
    assert client.post(place, {"reason": "again"}).status_code == 422


def test_the_last_day_is_the_whole_day() -> None:
    unit = make_regiment()
    user = known_user()
    form = FORM | {"person": user.email, "unit": unit.code, "until": "2099-12-31"}

    signed_in(make_officer(division_of(unit), "finance")).post("/en/ops/posts/new/", form)

    valid_to = Post.objects.get(user=user).valid_to
    assert valid_to is not None
    assert timezone.localtime(valid_to).isoformat() == "2100-01-01T00:00:00+08:00"


@pytest.mark.parametrize("typed", ["nobody@example.org", "13800138000", "x", "a\x00b@example.org", "@"])
def test_somebody_unknown_is_given_nothing(typed: str) -> None:
    unit = make_regiment()
    client = signed_in(make_officer(division_of(unit), "finance"))

    assert client.post("/en/ops/posts/new/", FORM | {"person": typed, "unit": unit.code}).status_code == 422

    assert Post.objects.count() == 1


def test_an_address_somebody_only_claims_is_given_nothing() -> None:
    unit = make_regiment()
    client = signed_in(make_officer(division_of(unit), "finance"))
    claimed = make_user("director@example.org", phone="+8613800138000", phone_verified=True)

    answer = client.post("/en/ops/posts/new/", FORM | {"person": "Director@example.org", "unit": unit.code})

    assert "has not confirmed this address" in answer.content.decode()
    assert not claimed.posts.exists()
    answer = client.post("/en/ops/posts/new/", FORM | {"person": "138 0013 8000", "unit": unit.code})
    assert answer.status_code == 302
    assert claimed.posts.get().unit == unit


def test_the_form_offers_and_takes_what_this_officer_fills_only() -> None:
    unit, foreign = make_regiment(), make_regiment()
    client, user = signed_in(make_officer(division_of(unit), "finance")), known_user()

    page = client.get("/en/ops/posts/new/").content.decode()

    assert f'value="{unit.code}"' in page
    assert f'value="{foreign.code}"' not in page
    assert f'value="{division_of(unit).code}"' not in page
    assert 'value="compliance"' not in page
    for wrong in ({"unit": foreign.code}, {"unit": division_of(unit).code}, {"unit": unit.code, "role": "compliance"}):
        assert client.post("/en/ops/posts/new/", FORM | {"person": user.email} | wrong).status_code == 422
    assert not user.posts.exists()


def test_who_has_nothing_below_or_only_looks_on_finds_no_such_form() -> None:
    unit = make_regiment()
    for officer in (make_officer(unit, "finance"), make_officer(division_of(unit), "viewer")):
        client = signed_in(officer)
        assert "/posts/new/" not in client.get("/en/ops/posts/").content.decode()
        assert client.get("/en/ops/posts/new/").status_code == 404


def test_a_post_of_another_division_is_not_there() -> None:
    post = make_officer(make_regiment(), "finance").posts.get()
    client = signed_in(make_officer(division_of(make_regiment()), "finance"))

    assert client.get(f"/en/ops/posts/{post.pk}/").status_code == 404
    assert client.post(f"/en/ops/posts/{post.pk}/", {"reason": "mine"}).status_code == 404

    post.refresh_from_db()
    assert post.valid_to is None
