"""Mails about claims: who hears what, in which language, and what is not told any more."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from pytest_django import Settings

from market.accounts.models import Post
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_claim import decide_claim
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.actions.tell_of_claims import send_mails
from orders.orders.models import Purchase, SellerOrder
from tests.builders import make_member, make_officer, make_user
from tests.orders.claims import ARRIVED, make_claim, make_delivered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://market.example"


@pytest.fixture
def order() -> SellerOrder:
    order = make_delivered(user=make_user("buyer@example.org"))
    drain_outbox(ARRIVED)
    mail.outbox.clear()
    return order


def told() -> dict[str, str]:
    """Bodies by address, of what went out since last asked."""
    drain_outbox(ARRIVED)
    found = {message.to[0]: str(message.body) for message in mail.outbox}
    assert len(found) == len(mail.outbox)
    mail.outbox.clear()
    return found


def test_each_side_hears_of_the_other_s_steps_until_the_end(order: SellerOrder) -> None:
    seller = make_member(order.enterprise, "sales")
    make_member(order.enterprise, "warehouse")
    seller.language = "ru"
    seller.save()
    Purchase.objects.update(language="en")

    claim = make_claim(order)
    heard = told()
    assert f"https://market.example/ru/sell/claims/{claim.number}/" in heard[str(seller.email)]
    assert "100,00" in heard[str(seller.email)]
    assert "buyer@example.org" not in heard
    assert len([body for body in heard.values() if "sell/claims" in body]) == len(heard)  # owner and sales only

    answer_claim(claim, {claim.lines.get().pk: Decimal(60)}, "two boxes", by=seller, now=ARRIVED)
    heard = told()
    assert list(heard) == ["buyer@example.org"]
    assert "offers CN¥60.00" in heard["buyer@example.org"]
    assert f"https://market.example/en/orders/{order.purchase.number}/" in heard["buyer@example.org"]

    escalate_claim(claim, now=ARRIVED)
    assert {"buyer@example.org", str(seller.email)} <= told().keys()
    decide_claim(claim, {}, "sound when it left", by=make_officer(order.enterprise.unit), now=ARRIVED)
    heard = told()
    assert "nothing is given back" in heard["buyer@example.org"]
    assert str(seller.email) in heard


def test_settled_claim_names_what_goes_back(order: SellerOrder) -> None:
    Purchase.objects.update(language="zh-hans")
    claim = make_claim(order)
    answer_claim(claim, {claim.lines.get().pk: Decimal(60)}, "x", by=make_member(order.enterprise), now=ARRIVED)
    told()
    take_offer(claim, by=None, now=ARRIVED)

    assert "退还买家 ¥60.00" in told()["buyer@example.org"]


def test_what_has_moved_on_is_told_by_its_own_event(order: SellerOrder) -> None:
    claim = make_claim(order)
    withdraw_claim(claim, now=ARRIVED)
    heard = told()

    assert all("withdrawn" in body or "撤回" in body for body in heard.values())
    assert "buyer@example.org" in heard


def test_guest_without_an_address_is_not_written_to(order: SellerOrder) -> None:
    Purchase.objects.update(buyer=None, buyer_email="")
    claim = make_claim(order)
    answer_claim(claim, {}, "no", by=make_member(order.enterprise), now=ARRIVED)
    OutboxEvent.objects.exclude(topic="claim.answered").delete()

    assert told() == {}
    Purchase.objects.update(buyer_email="guest@example.org")
    send_mails(list(OutboxEvent.objects.filter(topic="claim.answered")), ARRIVED)
    assert "/orders/find/" in mail.outbox[0].body


def test_the_nearest_reviewers_who_are_no_party_hear_what_waits_for_them(order: SellerOrder) -> None:
    """Nobody higher up while the regiment has somebody; a reviewer who sells there decides nothing."""
    regiment = order.enterprise.unit
    assert regiment.parent is not None
    at_home, above = make_officer(regiment), make_officer(regiment.parent)
    involved = make_member(order.enterprise)
    Post.objects.create(user=involved, unit=regiment, role="reviewer", valid_from=ARRIVED - timedelta(days=9))
    at_home.language = "en"
    at_home.save()
    claim = make_claim(order)
    answer_claim(claim, {claim.lines.get().pk: Decimal(60)}, "x", by=involved, now=ARRIVED)
    told()

    escalate_claim(claim, now=ARRIVED)
    heard = told()
    assert "the buyer wants CN¥100.00, the seller offers CN¥60.00" in heard[str(at_home.email)]
    assert f"https://market.example/en/ops/claims/{claim.number}/" in heard[str(at_home.email)]
    assert str(above.email) not in heard
    assert "/sell/claims/" in heard[str(involved.email)]

    Post.objects.filter(user=at_home).update(valid_to=ARRIVED - timedelta(days=1))
    send_mails(list(OutboxEvent.objects.filter(topic="claim.escalated")), ARRIVED)
    assert [str(above.email)] == [m.to[0] for m in mail.outbox if "/ops/claims/" in m.body]
