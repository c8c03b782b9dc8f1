import pytest
from django.core import mail

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.errors import IllegalMove, InvalidInput, MarketError, NotAllowed, NotFound
from market.common.outbox.drain import drain_outbox
from orders.reviews.actions.decide_review import hide_review, restore_review
from orders.reviews.actions.write_review import Opinion, change_review, withdraw_review
from orders.reviews.models import Review
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_variant
from tests.orders.reviews.scenes import make_accepted, make_review, rating_of

pytestmark = pytest.mark.django_db


def officer_of(review: Review, role: str = "reviewer") -> User:
    return make_officer(review.enterprise.unit, role)


def test_hidden_one_does_not_count_and_is_logged_with_its_reason() -> None:
    variant = make_variant(on_hand=50)
    kept, review = make_review(make_accepted(variant), stars=3), make_review(make_accepted(variant), stars=5)

    hide_review(review, reason=" telephone \n number ", by=officer_of(review), now=NOW)

    assert rating_of(kept) == (1, 3)
    entry = AuditEntry.objects.get(action="review.hidden")
    assert (entry.subject_id, entry.details["reason"]) == (review.enterprise.number, "telephone number")
    assert entry.details["order"] == review.seller_order.number


def test_restored_one_counts_again() -> None:
    review = make_review()
    officer = officer_of(review)
    hide_review(review, reason="advertising", by=officer, now=NOW)

    restored = restore_review(review, by=officer, now=NOW)

    assert (restored.state, restored.hidden_reason, rating_of(review)) == ("shown", "", (1, 5))
    assert AuditEntry.objects.filter(action="review.restored").count() == 1


def test_writer_is_told_why_in_their_language() -> None:
    review = make_review()
    User.objects.filter(pk=review.writer_id).update(language="ru")
    hide_review(review, reason="Реклама", by=officer_of(review), now=NOW)

    drain_outbox(NOW)

    (message,) = mail.outbox
    assert message.to == [review.writer.email]
    assert "Реклама" in message.body
    assert f"/ru/orders/{review.seller_order.purchase.number}/review/{review.product_id}/" in message.body


def test_what_has_been_decided_otherwise_since_is_not_told_of() -> None:
    review = make_review()
    officer = officer_of(review)
    hide_review(review, reason="advertising", by=officer, now=NOW)
    withdraw_review(review, by=review.writer, now=NOW)

    drain_outbox(NOW)

    assert mail.outbox == []


def test_changed_while_hidden_stays_hidden() -> None:
    review = make_review()
    hide_review(review, reason="advertising", by=officer_of(review), now=NOW)

    changed = change_review(review, Opinion(4, "肉厚"), by=review.writer, now=NOW)

    assert (changed.state, changed.stars, rating_of(review)) == ("hidden", 4, (0, 0))


def test_withdrawn_one_is_neither_hidden_nor_restored() -> None:
    review = make_review()
    officer = officer_of(review)
    withdraw_review(review, by=review.writer, now=NOW)

    with pytest.raises(IllegalMove):
        hide_review(review, reason="advertising", by=officer, now=NOW)
    with pytest.raises(IllegalMove):
        restore_review(review, by=officer, now=NOW)

    assert rating_of(review) == (0, 0)


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_hiding_needs_a_reason(reason: str) -> None:
    review = make_review()

    with pytest.raises(InvalidInput):
        hide_review(review, reason=reason, by=officer_of(review), now=NOW)

    assert rating_of(review) == (1, 5)


@pytest.mark.parametrize(
    ("who", "error"),
    [("officer elsewhere", NotFound), ("viewer here", NotFound), ("seller", NotFound), ("own firm", NotAllowed)],
)
def test_others_hide_nothing(who: str, error: type[MarketError]) -> None:
    review = make_review()
    if who == "officer elsewhere":
        person = make_officer(make_enterprise().unit)
    elif who == "viewer here":
        person = officer_of(review, "viewer")
    elif who == "seller":
        person = make_member(review.enterprise)
    else:
        person = officer_of(review)
        review.enterprise.members.create(user=person, role="viewer")

    with pytest.raises(error):
        hide_review(review, reason="advertising", by=person, now=NOW)

    assert rating_of(review) == (1, 5)
    assert not AuditEntry.objects.filter(action="review.hidden").exists()
