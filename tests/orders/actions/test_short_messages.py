"""Who has a telephone and no address hears by short message, and nobody else does."""

from decimal import Decimal
from itertools import count

import pytest
from django.core.mail import EmailMessage

from market.accounts.models import User
from market.common.outbox.drain import drain_outbox
from market.common.sms.models import QueuedMessage
from market.enterprises.models import Enterprise, Member
from orders.actions.answer_claim import answer_claim
from orders.actions.end_order import cancel_order, decline_order, on_payment_deadline
from orders.actions.react_to_claim import take_offer
from orders.orders.models import Purchase, SellerOrder
from tests.builders import NOW, make_enquiry_of, make_member, make_placed, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send
from tests.orders.claims import tell as carrier_tells

pytestmark = pytest.mark.django_db
_number = count(1)


def make_phone_user(**fields: object) -> User:
    user = User(**({"phone": f"+861380000{next(_number):04d}", "phone_verified": True} | fields))
    user.set_unusable_password()
    user.save()
    return user


def join(firm: Enterprise, role: str = "owner", **fields: object) -> User:
    user = make_phone_user(**fields)
    Member.objects.create(enterprise=firm, user=user, role=role)
    return user


def texts() -> list[tuple[str, str, str]]:
    """Number, kind and words of what was queued since last asked."""
    drain_outbox(ARRIVED)
    found = [(row.phone, row.kind, row.words) for row in QueuedMessage.objects.order_by("pk")]
    QueuedMessage.objects.all().delete()
    return found


def without_address(order: SellerOrder) -> SellerOrder:
    Purchase.objects.update(buyer_email="", language="en")
    return SellerOrder.objects.select_related("purchase").get(pk=order.pk)


def test_of_a_paid_order_buyer_and_staff_hear_once(mailoutbox: list[EmailMessage]) -> None:
    variant = make_variant()
    seller, packer = join(variant.product.enterprise), join(variant.product.enterprise, "warehouse", language="ru")
    join(variant.product.enterprise, "finance")
    join(variant.product.enterprise, phone_verified=False)
    mailed = make_member(variant.product.enterprise)

    order = without_address(make_paid((variant, 2)))
    told = texts()

    assert told == [
        (seller.phone, "seller_order", f"新订单 {order.number} 已付款，请备货。"),
        (packer.phone, "seller_order", f"Новый заказ {order.number} оплачен и ждёт сборки."),
        (
            order.purchase.phone,
            "order_paid",
            f"Your payment for order {order.purchase.number} has come. The sellers pack the goods now.",
        ),
    ]
    assert [mail.to for mail in mailoutbox] == [[mailed.email]]
    assert texts() == []


def test_the_number_that_signs_in_hears_rather_than_the_one_on_the_parcel() -> None:
    buyer = make_phone_user()
    order = make_paid(user=buyer)
    Purchase.objects.update(buyer_email="")

    assert [(phone, kind) for phone, kind, _ in texts()] == [(buyer.phone, "order_paid")]
    assert order.purchase.phone != buyer.phone


def test_a_number_that_nobody_has_proved_is_not_that_of_the_buyer() -> None:
    order = make_paid(user=make_phone_user(phone_verified=False))
    Purchase.objects.update(buyer_email="")

    assert [(phone, kind) for phone, kind, _ in texts()] == [(order.purchase.phone, "order_paid")]


def test_who_has_an_address_costs_no_message() -> None:
    make_delivered()

    assert texts() == []


def test_nobody_is_told_of_what_was_never_paid() -> None:
    """Anybody may type anybody's number into an order."""
    placed = make_placed((make_variant(), 1), (make_variant(), 1))
    Purchase.objects.update(buyer_email="")
    first, second = placed.seller_orders
    join(second.enterprise)
    cancel_order(first, by=None, reason="", now=NOW)
    on_payment_deadline(placed.purchase.number, placed.purchase.pay_by)

    assert texts() == []


def test_declined_and_cancelled_are_told_to_the_other_side() -> None:
    variant = make_variant()
    seller = join(variant.product.enterprise, language="en")
    declined, cancelled = make_paid((variant, 1)), make_paid((variant, 1))
    buyer = without_address(declined).purchase.phone
    texts()

    decline_order(declined, by=None, reason="hail", now=NOW)
    cancel_order(cancelled, by=None, reason="", now=NOW)

    assert sorted((phone, kind, number in words) for (phone, kind, words), number in _with_numbers(texts())) == sorted(
        [(buyer, "order_declined", True), (str(seller.phone), "seller_order_cancelled", True)]
    )


def _with_numbers(told: list[tuple[str, str, str]]) -> list[tuple[tuple[str, str, str], str]]:
    numbers = {order.number for order in SellerOrder.objects.all()}
    return [(one, next(number for number in numbers if number in one[2])) for one in told]


def test_of_a_journey_what_to_act_on_is_told_once() -> None:
    order = without_address(make_paid())
    send(order, "W1")
    texts()
    for status in ("picked_up", "in_transit", "out_for_delivery", "in_transit", "out_for_delivery", "delivered"):
        carrier_tells("W1", status)
        drain_outbox(ARRIVED)

    told = texts()

    assert [(phone, kind) for phone, kind, _ in told] == [(order.purchase.phone, "shipment")] * 3
    assert [words.rpartition(": ")[2] for *_, words in told] == [
        "picked up. Waybill W1.",
        "out for delivery. Waybill W1.",
        "delivered. Waybill W1.",
    ]


def test_claims_are_told_to_who_has_to_act() -> None:
    order = without_address(make_delivered())
    seller = join(order.enterprise, "sales", language="en")
    texts()

    claim = make_claim(order)
    assert [(phone, kind) for phone, kind, _ in texts()] == [(seller.phone, "seller_claim")]
    answer_claim(claim, {claim.lines.get().pk: Decimal(60)}, "two boxes", by=seller, now=ARRIVED)
    assert [(phone, kind) for phone, kind, _ in texts()] == [(order.purchase.phone, "claim_answered")]
    take_offer(claim, by=None, now=ARRIVED)
    ((phone, kind, words),) = texts()

    assert (phone, kind) == (order.purchase.phone, "claim_ended")
    assert words.startswith(f"Claim {claim.number}: ")


def test_an_enquiry_reaches_a_seller_without_address() -> None:
    variant = make_variant()
    seller = join(variant.product.enterprise, "sales", language="ru")
    part = make_enquiry_of(variant).parts.get()

    assert texts() == [
        (
            seller.phone,
            "seller_enquiry",
            f"Зарубежный покупатель интересуется товаром: запрос {part.number} ждёт вашего ответа.",
        )
    ]
