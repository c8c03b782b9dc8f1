"""Mails about orders: the buyer hears that one is placed and paid for, the seller's staff that there is something to
pack."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.end_order import cancel_order, decline_order, on_payment_deadline
from orders.orders.models import Purchase
from tests.builders import NOW, make_member, make_placed, make_user, make_variant
from tests.orders.claims import make_paid

pytestmark = pytest.mark.django_db


def to(mails: list[EmailMessage]) -> list[str]:
    return [mail.to[0] for mail in mails]


def test_buyer_hears_what_to_pay_until_when_and_where(mailoutbox: list[EmailMessage]) -> None:
    placed = make_placed((make_variant(), 2))
    Purchase.objects.update(language="en")

    drain_outbox(NOW)

    (mail,) = mailoutbox
    assert mail.to == ["buyer@example.org"]
    assert placed.purchase.number in mail.subject
    body = str(mail.body)
    assert f"{placed.purchase.total:.2f}" in body
    assert "(Beijing time)" in body
    assert body.endswith("/en/orders/find/")  # a guest's; the address may be another's
    assert "token" not in body


def test_who_has_an_account_is_led_to_the_order(mailoutbox: list[EmailMessage]) -> None:
    placed = make_placed((make_variant(), 2), user=make_user())

    drain_outbox(NOW)

    assert str(mailoutbox[0].body).endswith(f"/zh-hans/orders/{placed.purchase.number}/")


@pytest.mark.parametrize("what", ["over", "too late", "no address"])
def test_nobody_is_asked_to_pay_what_is_over_or_has_no_address(what: str, mailoutbox: list[EmailMessage]) -> None:
    variant = make_variant()
    make_member(variant.product.enterprise, "warehouse")  # who need not hear that there is nothing to pack
    placed = make_placed((variant, 2))
    now = NOW
    match what:
        case "over":
            cancel_order(placed.seller_orders[0], by=None, reason="", now=NOW)
        case "too late":
            now = placed.purchase.pay_by + timedelta(seconds=1)
        case _:
            Purchase.objects.update(buyer_email="")

    drain_outbox(now)

    assert mailoutbox == []


def test_paid_order_reaches_those_who_speak_with_buyers_and_those_who_pack(mailoutbox: list[EmailMessage]) -> None:
    variant, other = make_variant(), make_variant()
    firm = variant.product.enterprise
    owner, packer = make_member(firm, "owner"), make_member(firm, "warehouse")
    silent = [make_member(firm, role) for role in ("finance", "viewer")]
    stranger = make_member(make_variant().product.enterprise, "owner")
    second = make_member(other.product.enterprise, "sales")
    OutboxEvent.objects.all().delete()

    order = make_paid((variant, 2), (other, 1))
    drain_outbox(NOW)

    told = to(mailoutbox)
    assert sorted(told) == sorted(
        [str(owner.email), str(packer.email), str(second.email), str(order.purchase.buyer_email)]
    )  # of what is paid for nobody is asked to pay
    assert not {str(person.email) for person in (*silent, stranger)} & set(told)
    (mail,) = (mail for mail in mailoutbox if mail.to == [packer.email])
    assert order.number in mail.subject
    assert str(mail.body).endswith(f"/sell/orders/{order.number}/")
    assert order.purchase.recipient not in str(mail.body)


def test_order_that_ended_meanwhile_is_packed_by_nobody(mailoutbox: list[EmailMessage]) -> None:
    variant = make_variant()
    packer = make_member(variant.product.enterprise, "warehouse")
    order = make_paid((variant, 2))
    cancel_order(order, by=None, reason="", now=NOW)

    drain_outbox(NOW)

    (mail,) = mailoutbox
    assert (mail.to, order.number in mail.subject) == ([packer.email], True)
    assert "不要备货" in str(mail.body)


def test_buyer_hears_why_a_seller_declined_what_they_paid_for(mailoutbox: list[EmailMessage]) -> None:
    order = make_paid((make_variant(), 2))
    drain_outbox(NOW)
    mailoutbox.clear()
    Purchase.objects.update(language="en")

    decline_order(order, by=None, reason="hail has taken the harvest", now=NOW)
    drain_outbox(NOW)

    (mail,) = mailoutbox
    assert mail.to == ["buyer@example.org"]
    assert ["goes back to you" in str(mail.body), "hail has taken the harvest" in str(mail.body)] == [True, True]


def test_of_a_purchase_of_two_sellers_that_nobody_paid_the_buyer_hears_once(mailoutbox: list[EmailMessage]) -> None:
    placed = make_placed((make_variant(), 1), (make_variant(), 1))
    drain_outbox(NOW)
    mailoutbox.clear()

    on_payment_deadline(placed.purchase.number, placed.purchase.pay_by)
    drain_outbox(placed.purchase.pay_by)

    assert to(mailoutbox) == ["buyer@example.org"]
    assert placed.purchase.number in mailoutbox[0].subject
