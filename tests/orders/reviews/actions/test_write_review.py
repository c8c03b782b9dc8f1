from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.products.models import Product
from market.accounts.models import User
from market.common.errors import IllegalMove, InvalidInput, MarketError, NotFound
from market.common.outbox.models import OutboxEvent
from orders.claims.errors import NotDelivered
from orders.orders.models import SellerOrder
from orders.reviews.actions.write_review import Opinion, change_review, put_review, withdraw_review, write_review
from orders.reviews.errors import OwnGoods, ReviewedAlready, ReviewWithdrawn, TooLateToChange
from orders.reviews.models import Review
from tests.builders import NOW, make_enterprise, make_member, make_placed, make_user, make_variant
from tests.orders.reviews.scenes import (
    GOOD,
    make_accepted,
    make_arrived,
    make_order,
    make_review,
    product_of,
    rating_of,
)

pytestmark = pytest.mark.django_db
S = SellerOrder.State


def buyer_of(order: SellerOrder) -> User:
    assert order.purchase.buyer is not None
    return order.purchase.buyer


def write(order: SellerOrder, opinion: Opinion = GOOD, by: User | None = None) -> Review:
    return write_review(order, product_of(order).pk, opinion, by=by or buyer_of(order), now=NOW)


def refused(order: SellerOrder, error: type[MarketError], by: User | None = None) -> None:
    with pytest.raises(error):
        write(order, by=by)
    assert not Review.objects.exists()
    assert (product_of(order).rating_count, product_of(order).rating_sum) == (0, 0)


def test_review_counts_at_once_and_the_index_is_told() -> None:
    order = make_accepted()
    OutboxEvent.objects.all().delete()

    review = write(order)

    assert (review.stars, review.text, review.signature, review.state) == (5, "个大肉厚", "李**", "shown")
    assert rating_of(review) == (1, 5)
    assert list(OutboxEvent.objects.values_list("topic", "subject")) == [("product.changed", str(review.product_id))]


def test_what_an_editor_of_the_product_started_from_stays_current() -> None:
    order = make_accepted()
    before = product_of(order).updated_at

    write(order)

    assert product_of(order).updated_at == before


@pytest.mark.parametrize("state", [s for s in S.values if s != S.COMPLETED])
def test_order_that_is_not_delivered_is_not_reviewed(state: str) -> None:
    order = make_order()
    SellerOrder.objects.filter(pk=order.pk).update(state=state)
    order.refresh_from_db(fields=["state"])

    refused(order, NotDelivered)


def test_delivered_is_enough_and_acceptance_need_not_be_waited_for() -> None:
    review = write(make_arrived())

    assert rating_of(review) == (1, 5)


@pytest.mark.parametrize("status", ["in_transit", "out_for_delivery", "returning", "returned", "failed", "unknown"])
def test_parcel_on_its_way_or_gone_back_is_not_reviewed(status: str) -> None:
    refused(make_arrived(status), NotDelivered)


def test_review_written_before_a_parcel_went_back_stays() -> None:
    order = make_arrived()
    review = write(order)

    order.shipments.update(status="returned")
    changed = change_review(review, Opinion(2, "退货了"), by=buyer_of(order), now=NOW)

    assert rating_of(changed) == (1, 2)


def test_order_of_somebody_else_is_not_there() -> None:
    refused(make_accepted(), NotFound, by=make_user())


def test_order_of_a_guest_is_nobodys() -> None:
    order = make_placed((make_variant(), 1)).seller_orders[0]
    SellerOrder.objects.filter(pk=order.pk).update(state=S.COMPLETED)

    refused(SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk), NotFound, by=make_user())


def test_product_that_was_not_in_the_order_is_not_there() -> None:
    order, other = make_accepted(), make_variant()

    with pytest.raises(NotFound):
        write_review(order, other.product_id, GOOD, by=buyer_of(order), now=NOW)

    assert not Review.objects.exists()


@pytest.mark.parametrize("role", ["owner", "sales", "viewer"])
def test_sellers_people_do_not_review_their_own_goods(role: str) -> None:
    enterprise = make_enterprise()
    member = make_member(enterprise, role)

    refused(make_accepted(make_variant(enterprise=enterprise), member), OwnGoods)


def test_who_joins_the_seller_later_changes_nothing_any_more() -> None:
    order = make_accepted()
    review = write(order, Opinion(3))
    order.enterprise.members.create(user=buyer_of(order), role="owner")

    with pytest.raises(OwnGoods):
        change_review(review, GOOD, by=buyer_of(order), now=NOW)

    assert rating_of(review) == (1, 3)


def test_second_review_of_the_same_order_is_refused() -> None:
    order = make_accepted()
    review = write(order)

    with pytest.raises(ReviewedAlready):
        write(order, Opinion(1))

    assert rating_of(review) == (1, 5)


def test_two_packings_of_one_product_are_one_review_and_two_orders_are_two() -> None:
    user, variant = make_user(), make_variant(on_hand=50)
    first = make_accepted(variant, user)
    second = make_accepted(variant, user)

    write(first, Opinion(5))
    review = write(second, Opinion(4))

    assert rating_of(review) == (2, 9)
    assert str(product_of(second).rating) == "4.5"


@pytest.mark.parametrize("stars", [0, 6, -1, 10**9])
def test_stars_are_one_to_five(stars: int) -> None:
    order = make_accepted()

    with pytest.raises(InvalidInput) as refusal:
        write(order, Opinion(stars))

    assert list(refusal.value.details["fields"]) == ["stars"]
    assert not Review.objects.exists()


def test_ten_thousand_characters_are_refused_with_the_number() -> None:
    order = make_accepted()

    with pytest.raises(InvalidInput) as refusal:
        write(order, Opinion(5, "好" * 10_000))

    assert "10000" in refusal.value.details["fields"]["text"]
    assert not Review.objects.exists()


def test_text_is_kept_plain_and_without_what_nobody_sees() -> None:
    typed = "\x00 <script>alert(1)</script>\r\n\x1b[31m好\u202e\u200b\n\n\n\n完 \ud800"

    review = write(make_accepted(), Opinion(4, typed, "ru"))

    assert review.text == "<script>alert(1)</script>\n[31m好\n\n完"
    assert review.language == "zh-hans"


def test_only_what_nobody_sees_is_no_text() -> None:
    assert write(make_accepted(), Opinion(4, "\u200b\x00 \n\t")).text == ""


def test_change_counts_and_is_dated() -> None:
    order = make_accepted()
    review = write(order)
    later = NOW + timedelta(days=30)

    changed = change_review(review, Opinion(2, "Sour", "en"), by=buyer_of(order), now=later)

    assert (changed.stars, changed.text, changed.language, changed.changed_at) == (2, "Sour", "en", later)
    assert rating_of(review) == (1, 2)


def test_same_words_again_change_nothing() -> None:
    order = make_accepted()
    review = write(order)

    again = put_review(order, review.product_id, replace(GOOD, language="en"), by=buyer_of(order), now=NOW)

    assert again.changed_at is None


def test_change_after_thirty_days_is_refused_and_withdrawing_is_not() -> None:
    order = make_accepted()
    review = write(order)
    late = NOW + timedelta(days=30, seconds=1)

    with pytest.raises(TooLateToChange):
        change_review(review, Opinion(1), by=buyer_of(order), now=late)
    assert rating_of(review) == (1, 5)

    withdraw_review(review, by=buyer_of(order), now=late)
    assert rating_of(review) == (0, 0)


def test_review_of_somebody_else_is_neither_changed_nor_withdrawn() -> None:
    review = make_review()

    with pytest.raises(NotFound):
        change_review(review, Opinion(1), by=make_user(), now=NOW)
    with pytest.raises(NotFound):
        withdraw_review(review, by=make_user(), now=NOW)

    assert rating_of(review) == (1, 5)


def test_withdrawn_is_final() -> None:
    order = make_accepted()
    review = write(order)
    withdraw_review(review, by=buyer_of(order), now=NOW)

    with pytest.raises(ReviewWithdrawn):
        put_review(order, review.product_id, GOOD, by=buyer_of(order), now=NOW)
    with pytest.raises(ReviewedAlready):
        write(order)
    with pytest.raises(IllegalMove):
        withdraw_review(review, by=buyer_of(order), now=NOW)

    assert rating_of(review) == (0, 0)


def test_rating_is_counted_from_rows_and_mends_what_drifted() -> None:
    variant = make_variant(on_hand=50)
    review = make_review(make_accepted(variant), stars=4)
    Product.objects.filter(pk=variant.product_id).update(rating_count=99, rating_sum=99)

    make_review(make_accepted(variant), stars=2)

    assert rating_of(review) == (2, 6)
