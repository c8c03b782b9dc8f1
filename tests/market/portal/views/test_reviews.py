import pytest

from orders.reviews.models import Review
from tests.builders import make_enterprise, make_variant
from tests.market.office.people import statements_of
from tests.market.portal.people import read, send, staff_of
from tests.orders.reviews.scenes import make_accepted, make_review

pytestmark = pytest.mark.django_db


def test_seller_reads_and_answers() -> None:
    review = make_review(text="个大肉厚")
    client = staff_of(review.enterprise, "sales")
    assert "个大肉厚" in read(client, "reviews/?state=unanswered")

    send(client, f"reviews/{review.pk}/", {"answer": "谢谢 <b>您</b>"})

    assert "谢谢 &lt;b&gt;您&lt;/b&gt;" in read(client, "reviews/")
    assert "个大肉厚" not in read(client, "reviews/?state=unanswered")
    assert "谢谢" in read(client, f"reviews/{review.pk}/")


@pytest.mark.parametrize("answer", ["", " \n", "x" * 1001])
def test_answer_that_is_none_or_too_long_is_refused_at_its_field(answer: str) -> None:
    review = make_review()

    page = send(staff_of(review.enterprise), f"reviews/{review.pk}/", {"answer": answer}, status=422)

    assert "errorlist" in page
    assert Review.objects.get().answer == ""


def test_viewer_reads_and_does_not_answer() -> None:
    review = make_review(text="好")
    client = staff_of(review.enterprise, "viewer")

    assert "好" in read(client, "reviews/")
    assert "<textarea" not in read(client, f"reviews/{review.pk}/")
    assert client.post(f"/en/sell/reviews/{review.pk}/", {"answer": "谢谢"}).status_code == 403


def test_other_sellers_review_is_not_there() -> None:
    review = make_review(text="别家的评价")
    client = staff_of(make_enterprise())

    assert "别家的评价" not in read(client, "reviews/")
    read(client, f"reviews/{review.pk}/", status=404)
    send(client, f"reviews/{review.pk}/", {"answer": "谢谢"}, status=404)
    assert Review.objects.get().answer == ""


@pytest.mark.parametrize("state", ["hidden", "withdrawn"])
def test_what_is_not_shown_cannot_be_answered(state: str) -> None:
    review = make_review()
    Review.objects.update(state=state)

    client = staff_of(review.enterprise)

    send(client, f"reviews/{review.pk}/", {"answer": "谢谢"}, status=422 if state == "hidden" else 404)
    assert Review.objects.get().answer == ""


def test_list_takes_the_same_statements_for_few_and_many() -> None:
    variant = make_variant(on_hand=100)
    client = staff_of(variant.product.enterprise)
    for _ in range(3):
        make_review(make_accepted(variant))
    read(client, "reviews/")
    few = statements_of(lambda: read(client, "reviews/"))
    for _ in range(20):
        make_review(make_accepted(variant))

    assert statements_of(lambda: read(client, "reviews/")) == few <= 8
