"""A buyer writes what they think of what they were delivered, changes it for a time, or takes it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.products.actions.set_rating import lock_rating
from catalog.products.rating import LEAST, MOST
from market.accounts.models import User
from market.common.errors import InvalidInput, NotFound
from market.common.plain_text import plain_words
from market.common.states import check_move
from market.enterprises.queries import member_of
from orders.claims.errors import NotDelivered
from orders.orders.models import SellerOrder
from orders.reviews.actions.count_stars import count_stars
from orders.reviews.errors import OwnGoods, ReviewedAlready, ReviewWithdrawn, TooLateToChange
from orders.reviews.models import Review
from orders.reviews.queries import CHANGE_WITHIN, can_change, is_reviewable
from orders.reviews.states import MOVES
from orders.reviews.words import LONGEST, language_of, signature_of

S = Review.State


@dataclass(frozen=True)
class Opinion:
    """`language`: of the page it was typed on; what the text is written in is looked at."""

    stars: int
    text: str = ""
    language: str = "zh-hans"


def check_may_review(order: SellerOrder, product_id: int, by: User) -> None:
    """`order` with its purchase and enterprise. Raises NotFound for another's order and for a product that is not in
    it, OwnGoods for the seller's people, NotDelivered while any of the order is still on its way or has gone back."""
    if order.purchase.buyer_id != by.pk or not order.lines.filter(variant__product=product_id).exists():
        raise NotFound()
    if member_of(by, order.enterprise) is not None:
        raise OwnGoods()
    if not is_reviewable(order):
        raise NotDelivered(number=order.number)


def write_review(order: SellerOrder, product_id: int, opinion: Opinion, *, by: User, now: datetime) -> Review:
    """Effects: the review, and the product's rating counted anew, in one transaction.

    Raises what `check_may_review` raises, InvalidInput, ReviewedAlready.
    """
    words = _checked(opinion)
    with transaction.atomic():
        orders = SellerOrder.objects.select_for_update(of=("self",)).select_related("purchase", "enterprise")
        row = orders.get(pk=order.pk)
        check_may_review(row, product_id, by)
        product = lock_rating(product_id)
        try:
            with transaction.atomic():
                review = Review.objects.create(
                    seller_order=row,
                    product=product,
                    enterprise=row.enterprise,
                    writer=by,
                    signature=signature_of(row.purchase.buyer_name),
                    created_at=now,
                    **words,
                )
        except IntegrityError as error:
            raise ReviewedAlready() from error
        count_stars(product, now=now)
    return review


def put_review(order: SellerOrder, product_id: int, opinion: Opinion, *, by: User, now: datetime) -> Review:
    """Writes it, or changes the one there is. Raises what those raise."""
    review = Review.objects.select_related("enterprise").filter(seller_order=order, product=product_id).first()
    if review is None:
        return write_review(order, product_id, opinion, by=by, now=now)
    return change_review(review, opinion, by=by, now=now)


def change_review(review: Review, opinion: Opinion, *, by: User, now: datetime) -> Review:
    """The same words again change nothing. One that is hidden stays hidden until an officer restores it.

    Raises NotFound for another's, OwnGoods, InvalidInput, ReviewWithdrawn, TooLateToChange.
    """
    if review.writer_id != by.pk:
        raise NotFound()
    if member_of(by, review.enterprise) is not None:
        raise OwnGoods()
    words = _checked(opinion)
    with transaction.atomic():
        product = lock_rating(review.product_id)
        row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
        if row.state == S.WITHDRAWN:
            raise ReviewWithdrawn()
        if not can_change(row, now):
            raise TooLateToChange(days=CHANGE_WITHIN.days)
        if all(getattr(row, name) == value for name, value in words.items()):
            return row
        for name, value in words.items():
            setattr(row, name, value)
        row.changed_at = now
        row.save(update_fields=[*words, "changed_at"])
        count_stars(product, now=now)
    return row


def withdraw_review(review: Review, *, by: User, now: datetime) -> Review:
    """At any time, and for good. Raises NotFound for another's, IllegalMove the second time."""
    if review.writer_id != by.pk:
        raise NotFound()
    with transaction.atomic():
        product = lock_rating(review.product_id)
        row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
        check_move(MOVES, row.state, S.WITHDRAWN)
        row.state, row.changed_at = S.WITHDRAWN, now
        row.save(update_fields=["state", "changed_at"])
        count_stars(product, now=now)
    return row


def _checked(opinion: Opinion) -> dict[str, str | int]:
    """Columns by name. Raises InvalidInput naming the field."""
    wrong, text = {}, plain_words(opinion.text)
    if not LEAST <= opinion.stars <= MOST:
        wrong["stars"] = _("choose from one to five stars")
    if len(text) > LONGEST:
        wrong["text"] = _("at most %(most)s characters, please; these are %(count)s") % {
            "most": LONGEST,
            "count": len(text),
        }
    if wrong:
        raise InvalidInput(fields=wrong)
    return {"stars": opinion.stars, "text": text, "language": language_of(text, opinion.language)}
