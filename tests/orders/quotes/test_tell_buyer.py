"""Mails to buyers abroad about what sellers said."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from market.common.outbox.drain import drain_outbox
from orders.quotes.actions.answer_enquiry import answer_enquiry, close_enquiry
from orders.quotes.models import EnquiryEvent
from orders.quotes.tell_buyer import answer_mail
from tests.builders import NOW, make_enquiry_of, make_member, make_user, make_variant

pytestmark = pytest.mark.django_db


def test_a_guest_is_mailed_each_answer_once_with_the_way_back(client: Client, mailoutbox: list[EmailMessage]) -> None:
    part = make_enquiry_of(make_variant()).parts.get()
    seller = make_member(part.enterprise, "sales")

    answer_enquiry(part, by=seller, message="Two sample boxes", now=NOW)
    answer_enquiry(part, by=seller, message="They have left", now=NOW)
    drain_outbox(NOW)

    assert [mail.to for mail in mailoutbox] == [["a.buyer@example.org"]] * 2
    assert ["Two sample boxes" in str(mail.body) for mail in mailoutbox] == [True, False]
    link = re.search(r"http://[^/]+(/en/enquiries/\S+)", str(mailoutbox[0].body))
    assert link
    page = client.get(link[1], follow=True)
    assert "They have left" in page.content.decode()
    assert page.redirect_chain == [(link[1].partition("?")[0], 302)]


def test_who_closes_their_own_enquiry_gets_no_mail(mailoutbox: list[EmailMessage]) -> None:
    part = make_enquiry_of(make_variant()).parts.get()

    close_enquiry(part, by=None, by_seller=False, message="", now=NOW)
    drain_outbox(NOW)

    assert mailoutbox == []


def test_link_of_a_buyer_with_an_account_carries_no_secret() -> None:
    part = make_enquiry_of(make_variant(), user=make_user()).parts.get()
    close_enquiry(part, by=make_member(part.enterprise), by_seller=True, message="", now=NOW)

    mail = answer_mail(EnquiryEvent.objects.get(part=part, by_seller=True))

    assert "has closed its part" in str(mail.body)
    assert "token" not in str(mail.body)
