import pytest

from market.office.desk import Desk
from tests.builders import NOW, make_officer, make_regiment
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
