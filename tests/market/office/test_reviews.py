import pytest

from market.common.audit.models import AuditEntry
from orders.reviews.models import Review
from tests.builders import make_enterprise, make_member, make_officer, make_variant
from tests.market.office.people import signed_in, statements_of
from tests.market.storefront.shop import words
from tests.orders.reviews.scenes import make_accepted, make_review, rating_of

pytestmark = pytest.mark.django_db


def test_reviewer_hides_with_a_reason_and_shows_again() -> None:
    review = make_review(text="加我微信")
    client = signed_in(make_officer(review.enterprise.unit))
    path = f"/en/ops/reviews/{review.pk}/"
    assert "加我微信" in words(client.get("/en/ops/reviews/"))
    assert client.post(path, {"reason": " "}).status_code == 422
    assert rating_of(review) == (1, 5)

    assert client.post(path, {"reason": "advertising"}).status_code == 302
    assert rating_of(review) == (0, 0)
    assert "advertising" in words(client.get(path))
    assert "a review was hidden" in words(client.get(f"/en/ops/sellers/{review.enterprise.number}/"))

    assert client.post(path, {"restore": "1"}).status_code == 302
    assert rating_of(review) == (1, 5)
    assert client.post(path, {"restore": "1"}).status_code == 422
    assert AuditEntry.objects.filter(action__startswith="review.").count() == 2


def test_officer_elsewhere_sees_nothing() -> None:
    review = make_review(text="别处的评价")
    client = signed_in(make_officer(make_enterprise().unit))

    assert "别处的评价" not in words(client.get("/en/ops/reviews/?state=shown"))
    assert client.get(f"/en/ops/reviews/{review.pk}/").status_code == 404
    assert client.post(f"/en/ops/reviews/{review.pk}/", {"reason": "x"}).status_code == 404
    assert rating_of(review) == (1, 5)


def test_viewer_looks_only() -> None:
    review = make_review(text="好")
    client = signed_in(make_officer(review.enterprise.unit, "viewer"))

    assert "Hide this review" not in words(client.get(f"/en/ops/reviews/{review.pk}/"))
    assert client.post(f"/en/ops/reviews/{review.pk}/", {"reason": "x"}).status_code == 404


def test_officer_does_not_decide_about_the_own_firm() -> None:
    review = make_review()
    officer = make_officer(review.enterprise.unit)
    review.enterprise.members.create(user=officer, role="viewer")
    client = signed_in(officer)

    assert "somebody else decides" in words(client.get(f"/en/ops/reviews/{review.pk}/"))
    assert client.post(f"/en/ops/reviews/{review.pk}/", {"reason": "x"}).status_code == 422
    assert rating_of(review) == (1, 5)


def test_withdrawn_ones_are_listed_only_when_asked_for() -> None:
    review = make_review(text="收回的评价")
    Review.objects.update(state="withdrawn")
    client = signed_in(make_officer(review.enterprise.unit))

    assert "收回的评价" not in words(client.get("/en/ops/reviews/"))
    assert "收回的评价" in words(client.get("/en/ops/reviews/?state=withdrawn"))
    assert "Hide this review" not in words(client.get(f"/en/ops/reviews/{review.pk}/"))


def test_seller_has_no_office() -> None:
    review = make_review()

    client = signed_in(make_member(review.enterprise))

    assert client.get("/en/ops/reviews/").status_code == 404


def test_list_takes_the_same_statements_for_few_and_many() -> None:
    variant = make_variant(on_hand=100)
    client = signed_in(make_officer(variant.product.enterprise.unit))
    for _ in range(3):
        make_review(make_accepted(variant))
    few = statements_of(lambda: client.get("/en/ops/reviews/"))
    for _ in range(20):
        make_review(make_accepted(variant))

    assert statements_of(lambda: client.get("/en/ops/reviews/")) == few <= 10
