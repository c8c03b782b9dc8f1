"""The seller answers a review, once; the answer may be put better."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.plain_text import plain_words
from market.enterprises.queries import member_of
from market.enterprises.roles import Right, may
from orders.reviews.errors import NotShown
from orders.reviews.models import Review
from orders.reviews.words import LONGEST_ANSWER


def answer_review(review: Review, text: str, *, by: User, now: datetime) -> Review:
    """By who may speak with buyers. A second answer takes the place of the first, and says when.

    Raises NotFound for people of other firms, NotAllowed for other roles, InvalidInput, NotShown.
    """
    member = member_of(by, review.enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.TRADE):
        raise NotAllowed()
    words = plain_words(text)
    if not 1 <= len(words) <= LONGEST_ANSWER:
        message = _("write an answer of at most %(most)s characters; buyers read it below the review")
        raise InvalidInput(fields={"answer": message % {"most": LONGEST_ANSWER}})
    with transaction.atomic():
        row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
        if row.state != Review.State.SHOWN:
            raise NotShown()
        if row.answer == words:
            return row
        if row.answer:
            row.answer_changed_at = now
        else:
            row.answered_at = now
        row.answer, row.answered_by = words, by
        row.save(update_fields=["answer", "answered_by", "answered_at", "answer_changed_at"])
    return row
