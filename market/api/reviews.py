"""Reviews: everybody reads them, buyers write about what was delivered, sellers answer."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from catalog.products.models import Product
from market.accounts.models import User
from market.api.access import KeyRefused, caller, seller_of
from market.api.paging import page_after
from market.api.review_answers import OwnReview, ReviewList, SellersReview, SellersReviews
from market.common.clock import read_clock
from market.common.errors import NotFound
from orders.orders.models import Purchase, SellerOrder
from orders.reviews.actions.answer_review import answer_review
from orders.reviews.actions.write_review import Opinion, put_review, withdraw_review
from orders.reviews.models import Review
from orders.reviews.queries import can_change, order_with, reviews_about, reviews_for_enterprise

router = Router(tags=["reviews"])
PAGE = 24
Language = Literal["zh-hans", "en", "ru"]


class OpinionIn(Schema):
    """`language` of the buyer; the one the text is written in is told by its letters."""

    stars: int = Field(ge=1, le=5)
    text: str = Field("", max_length=2_500)
    language: Language = "zh-hans"


class ReviewAnswerIn(Schema):
    text: str = Field(min_length=1, max_length=1_500)


@router.get("/products/{int:product_id}/reviews", url_name="reviews", response=ReviewList)
def list_reviews(
    request: HttpRequest, product_id: int, page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Of a product that is on sale. Two statements."""
    if not Product.objects.published().filter(pk=product_id).exists():
        raise NotFound()
    page, more = page_after(reviews_about(product_id), cursor, page_size)
    return {"items": [_seen(row) for row in page], "next": more}


@router.get("/purchases/{number}/products/{int:product_id}/review", url_name="own_review", response=OwnReview)
def show_own_review(request: HttpRequest, number: str, product_id: int) -> dict[str, Any]:
    user, order = _own(request, number, product_id)
    return _of_writer(_review(order, product_id, user))


@router.put("/purchases/{number}/products/{int:product_id}/review", url_name="own_review_put", response=OwnReview)
def put_own_review(request: HttpRequest, number: str, product_id: int, body: OpinionIn) -> dict[str, Any]:
    """Writes the review of a product whose order was delivered in full, or changes it (for 30 days). Needs the buyer's
    key: a purchase token alone writes no review."""
    user, order = _own(request, number, product_id)
    opinion = Opinion(body.stars, body.text, body.language)
    return _of_writer(put_review(order, product_id, opinion, by=user, now=read_clock()))


@router.delete("/purchases/{number}/products/{int:product_id}/review", url_name="own_review_end", response=OwnReview)
def delete_own_review(request: HttpRequest, number: str, product_id: int) -> dict[str, Any]:
    """Withdraws it, for good: it cannot be written again."""
    user, order = _own(request, number, product_id)
    return _of_writer(withdraw_review(_review(order, product_id, user), by=user, now=read_clock()))


@router.get("/seller/reviews", url_name="seller_reviews", response=SellersReviews)
def list_sellers_reviews(request: HttpRequest, cursor: str = "") -> dict[str, Any]:
    """Of the enterprise's own products, hidden ones among them, newest first."""
    _user, enterprise = seller_of(request, "catalogue:write", read_clock())
    page, more = page_after(reviews_for_enterprise(enterprise.pk), cursor, PAGE)
    return {"items": [_for_seller(row) for row in page], "next": more}


@router.put("/seller/reviews/{int:review_id}/answer", url_name="review_answer", response=SellersReview)
def put_answer(request: HttpRequest, review_id: int, body: ReviewAnswerIn) -> dict[str, Any]:
    """One answer to a review; another takes its place."""
    now = read_clock()
    user, enterprise = seller_of(request, "catalogue:write", now)
    row = reviews_for_enterprise(enterprise.pk).filter(pk=review_id).first()
    if row is None:
        raise NotFound()
    answer_review(row, body.text, by=user, now=now)
    return _for_seller(reviews_for_enterprise(enterprise.pk).get(pk=review_id))


def _own(request: HttpRequest, number: str, product_id: int) -> tuple[User, SellerOrder]:
    """Of the buyer, who is known by a key or, to read, by a session."""
    user = caller(request)
    if user is None:
        raise KeyRefused()
    purchase = Purchase.objects.filter(number=number, buyer=user).first()
    if purchase is None:
        raise NotFound()
    return user, order_with(purchase, product_id)


def _review(order: SellerOrder, product_id: int, user: User) -> Review:
    row = order.reviews.filter(product=product_id, writer=user).first()
    if row is None:
        raise NotFound()
    return row


def _seen(row: Review) -> dict[str, Any]:
    answer = {"text": row.answer, "at": row.answered_at, "changed_at": row.answer_changed_at} if row.answer else None
    names = ("stars", "text", "language", "signature", "created_at", "changed_at")
    return {"id": row.pk, "product": row.product_id, "answer": answer} | {name: getattr(row, name) for name in names}


def _of_writer(row: Review) -> dict[str, Any]:
    facts = {"state": row.state, "hidden_reason": row.hidden_reason, "can_change": can_change(row, read_clock())}
    return _seen(row) | facts


def _for_seller(row: Review) -> dict[str, Any]:
    return _seen(row) | {"order": row.seller_order.number, "state": row.state}
