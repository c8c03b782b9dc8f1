"""Mails to sellers about enquiries from abroad."""

import pytest
from django.core.mail import EmailMessage

from market.common.outbox.drain import drain_outbox
from orders.quotes.actions.answer_enquiry import answer_enquiry, close_enquiry
from tests.builders import NOW, make_enquiry_of, make_member, make_variant

pytestmark = pytest.mark.django_db


def test_those_who_speak_with_buyers_hear_of_it_and_of_its_end(mailoutbox: list[EmailMessage]) -> None:
    variant = make_variant()
    seller = make_member(variant.product.enterprise, "sales")
    make_member(variant.product.enterprise, "warehouse")
    part = make_enquiry_of(variant).parts.get()

    drain_outbox(NOW)
    close_enquiry(part, by=None, by_seller=False, message="", now=NOW)
    drain_outbox(NOW)

    assert [mail.to for mail in mailoutbox] == [[seller.email]] * 2
    assert [part.number in mail.subject for mail in mailoutbox] == [True, True]
    assert str(mailoutbox[0].body).endswith(f"/sell/enquiries/{part.number}/")
    assert mailoutbox[0].body != mailoutbox[1].body
    assert part.enquiry.contact not in str(mailoutbox[0].body)


def test_what_the_seller_did_meanwhile_is_not_told_to_them(mailoutbox: list[EmailMessage]) -> None:
    variant = make_variant()
    seller = make_member(variant.product.enterprise, "sales")
    part = make_enquiry_of(variant).parts.get()

    answer_enquiry(part, by=seller, message="Two boxes", now=NOW)
    close_enquiry(part, by=seller, by_seller=True, message="sold out", now=NOW)
    drain_outbox(NOW)

    assert [mail.to for mail in mailoutbox] == [["a.buyer@example.org"]] * 2
