"""Reads of reviews: what everybody sees, the seller's own, and what a buyer may still write about."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, QuerySet

from market.common.errors import NotFound
from market.common.prepared import Param, PreparedSelect
from orders.actions.accept_delivery import is_at_rest
from orders.orders.models import Purchase, SellerOrder
from orders.reviews.models import Review

if TYPE_CHECKING:
    Reviews = QuerySet[Review]

CHANGE_WITHIN = timedelta(days=30)
NEWEST = 5
Place = tuple[int, int]  # keys of a seller order and a product


def is_reviewable(order: SellerOrder) -> bool:
    """All of it is with the buyer or settled as missing, accepted or not. No statement for one that is still to
    leave."""
    if order.state == SellerOrder.State.COMPLETED:
        return True
    return order.state == SellerOrder.State.IN_PROGRESS and is_at_rest(order)


def can_change(review: Review, now: datetime) -> bool:
    return review.state != Review.State.WITHDRAWN and now <= review.created_at + CHANGE_WITHIN


def newest_reviews(product_id: int) -> "list[Review]":
    """What the product's page shows. One statement."""
    return _newest()(product=product_id)


@cache
def _newest() -> "PreparedSelect[Review]":
    return PreparedSelect(
        lambda: shown_reviews().filter(product=Param("product", BigIntegerField())).order_by("-pk")[:NEWEST]
    )


def shown_reviews() -> "Reviews":
    return Review.objects.filter(state=Review.State.SHOWN)


def reviews_about(product_id: int) -> "Reviews":
    """What everybody may read of a product, newest first."""
    return shown_reviews().filter(product=product_id).order_by("-pk")


def reviews_for_enterprise(enterprise_id: int) -> "Reviews":
    """The seller's own list, with hidden ones and without withdrawn ones, newest first."""
    rows = Review.objects.for_enterprise(enterprise_id).exclude(state=Review.State.WITHDRAWN)
    return rows.select_related("product", "seller_order", "answered_by").order_by("-pk")


def unanswered_reviews(enterprise_id: int) -> "Reviews":
    """Shown ones the seller has said nothing to, newest first."""
    return reviews_for_enterprise(enterprise_id).filter(answer="", state=Review.State.SHOWN)


def order_with(purchase: Purchase, product_id: int) -> SellerOrder:
    """A product has one seller, who has one order in a purchase. Raises NotFound when it was not ordered there."""
    rows = purchase.seller_orders.filter(lines__variant__product=product_id)
    order = rows.select_related("purchase", "enterprise").first()
    if order is None:
        raise NotFound()
    return order


def reviews_of_orders(orders: Iterable[SellerOrder]) -> dict[Place, Review]:
    """What has been written about these orders. One statement, none without orders."""
    keys = [order.pk for order in orders]
    rows = Review.objects.filter(seller_order__in=keys) if keys else ()
    return {(row.seller_order_id, row.product_id): row for row in rows}
