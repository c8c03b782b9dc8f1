from datetime import timedelta

import pytest

from market.common.errors import InvalidInput, MarketError, NotAllowed, NotFound
from orders.reviews.actions.answer_review import answer_review
from orders.reviews.errors import NotShown
from orders.reviews.models import Review
from tests.builders import NOW, make_enterprise, make_member
from tests.orders.reviews.scenes import make_review, rating_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def test_answer_stands_once_and_may_be_put_better() -> None:
    review = make_review()
    sales = make_member(review.enterprise, "sales")

    answer_review(review, " Thank you \r\n", by=sales, now=NOW)
    answer_review(review, "Thank you!", by=sales, now=LATER)

    row = Review.objects.get()
    assert (row.answer, row.answered_by, row.answered_at, row.answer_changed_at) == ("Thank you!", sales, NOW, LATER)
    assert rating_of(review) == (1, 5)


def test_same_answer_again_changes_nothing() -> None:
    review = make_review()
    owner = make_member(review.enterprise)
    answer_review(review, "Thank you", by=owner, now=NOW)

    assert answer_review(review, "Thank you", by=owner, now=LATER).answer_changed_at is None


@pytest.mark.parametrize(("role", "error"), [("warehouse", NotAllowed), ("viewer", NotAllowed), ("", NotFound)])
def test_others_do_not_answer(role: str, error: type[MarketError]) -> None:
    review = make_review()
    person = make_member(review.enterprise, role) if role else make_member(make_enterprise())

    with pytest.raises(error):
        answer_review(review, "Thank you", by=person, now=NOW)

    assert Review.objects.get().answer == ""


@pytest.mark.parametrize("text", ["", " \n\x00", "x" * 10_000])
def test_answer_that_is_none_or_a_book_is_refused(text: str) -> None:
    review = make_review()

    with pytest.raises(InvalidInput):
        answer_review(review, text, by=make_member(review.enterprise), now=NOW)

    assert Review.objects.get().answer == ""


@pytest.mark.parametrize("state", ["hidden", "withdrawn"])
def test_what_is_not_shown_is_not_answered(state: str) -> None:
    review = make_review()
    Review.objects.update(state=state)

    with pytest.raises(NotShown):
        answer_review(review, "Thank you", by=make_member(review.enterprise), now=NOW)
