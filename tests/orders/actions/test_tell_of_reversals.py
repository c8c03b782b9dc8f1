"""Mails to sellers about money that a provider took back."""

from decimal import Decimal

import pytest
from django.core.mail import EmailMessage

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.decide_reversal import Shares, decide_reversal
from tests.builders import NOW, make_member
from tests.orders.claims import ARRIVED, make_paid
from tests.orders.payouts import make_cashier
from tests.orders.reversals import make_reversal

pytestmark = pytest.mark.django_db


def test_what_came_back_before_it_was_told_is_told_once_as_it_is(mailoutbox: list[EmailMessage]) -> None:
    order = make_paid()
    clerk = make_member(order.enterprise, "sales")
    make_member(order.enterprise, "warehouse")
    OutboxEvent.objects.update(done_at=NOW)
    reversal = make_reversal(order, "100.00", "taken", ref="du_1")
    shares = Shares({order.lines.get().pk: Decimal("100.00")})
    decide_reversal(reversal, shares, reason="asked the buyer", by=make_cashier(), now=ARRIVED)
    make_reversal(order, "100.00", "returned", ref="du_1")

    drain_outbox(ARRIVED)

    (mail,) = mailoutbox
    assert mail.to == [clerk.email]
    assert order.number in mail.subject
    assert "100.00" in str(mail.body)
    assert str(mail.body).endswith(f"/sell/orders/{order.number}/")
