"""An officer hides a review that breaks the rules, with a reason the writer reads, or shows it again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.products.actions.set_rating import lock_rating
from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.outbox.record import record_event
from market.common.states import check_move
from market.enterprises.queries import reviews as is_reviewer_of
from orders.reviews.actions.count_stars import count_stars
from orders.reviews.models import Review
from orders.reviews.states import MOVES

S = Review.State
LONGEST_REASON = 500


def hide_review(review: Review, *, reason: str, by: User, now: datetime) -> Review:
    """Effects: nobody but its writer and the seller sees it, it counts no more, the act is in the log of the seller's
    file, the writer is told why by mail. Raises NotFound, NotAllowed, InvalidInput without a reason, IllegalMove."""
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= LONGEST_REASON:
        message = _("say why in at most %(most)s characters: the writer reads it")
        raise InvalidInput(fields={"reason": message % {"most": LONGEST_REASON}})
    return _decide(review, S.HIDDEN, reason, by, now)


def restore_review(review: Review, *, by: User, now: datetime) -> Review:
    """It is shown and counts again; the writer is told. Raises NotFound, NotAllowed, IllegalMove."""
    return _decide(review, S.SHOWN, "", by, now)


def _decide(review: Review, to: str, reason: str, by: User, now: datetime) -> Review:
    """By a reviewer whose subtree holds the seller, and who is not of its staff nor the writer."""
    if not is_reviewer_of(by, review.enterprise, now):
        raise NotFound()
    if review.writer_id == by.pk or review.enterprise.members.filter(user=by).exists():
        raise NotAllowed()
    with transaction.atomic():
        product = lock_rating(review.product_id)
        rows = Review.objects.select_for_update(of=("self",)).select_related("seller_order")
        row = rows.get(pk=review.pk)
        check_move(MOVES, row.state, to)
        row.state, row.hidden_reason, row.decided_by, row.decided_at = to, reason, by, now
        row.save(update_fields=["state", "hidden_reason", "decided_by", "decided_at"])
        count_stars(product, now=now)
        record_act(
            actor=by,
            action="review.hidden" if to == S.HIDDEN else "review.restored",
            subject_kind="enterprise",
            subject_id=review.enterprise.number,
            now=now,
            order=row.seller_order.number,
            product=product.name_zh,
            **({"reason": reason} if reason else {}),
        )
        record_event("review.decided", row.pk, now=now, to=to, reason=reason)
    return row
