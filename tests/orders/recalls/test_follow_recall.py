"""Answers, reminders and the end of a recall."""

from datetime import timedelta
from decimal import Decimal
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage

from market.common.errors import InvalidInput, NotAllowed
from market.common.outbox.drain import drain_outbox
from market.common.sms.models import QueuedMessage
from market.enterprises.models import Member
from orders.actions.accept_delivery import accept_delivery
from orders.actions.file_claim import check_may_claim
from orders.claims.errors import TooLateToClaim
from orders.claims.queries import is_claimable
from orders.claims.states import CLAIM_WITHIN
from orders.orders.models import Purchase, SellerOrder
from orders.recalls.actions.follow_recall import answer_notice, close_recall, remind_buyers
from orders.recalls.errors import RecallClosed, RemindedToday
from orders.recalls.models import Recall, RecallNotice
from orders.recalls.queries import account_of, notices_of
from orders.shipments.queries import journey
from tests.builders import make_member, make_officer, make_variant
from tests.orders.claims import ARRIVED, make_delivered
from tests.orders.recalls.recall import lot_of, make_recall

pytestmark = pytest.mark.django_db
LATER = ARRIVED + timedelta(days=1, minutes=1)


@pytest.fixture
def orders() -> list[SellerOrder]:
    """Of 20 and 35 kg of one lot."""
    variant = make_variant(net_kg="5", on_hand=50)
    return [make_delivered((variant, 4), waybill="W1"), make_delivered((variant, 7), waybill="W2")]


@pytest.fixture
def recall(orders: list[SellerOrder]) -> Recall:
    made = make_recall(orders[0])
    drain_outbox(ARRIVED)
    return made


def notice(recall: Recall, order: SellerOrder) -> RecallNotice:
    return recall.notices.select_related("recall").get(seller_order=order)


def test_an_answer_accounts_for_what_was_shipped(recall: Recall, orders: list[SellerOrder]) -> None:
    answer_notice(notice(recall, orders[0]), left=Decimal("2.5"), done="kept", by=None, now=LATER)

    account = account_of(recall)
    assert (account.shipped, account.answered_weight, account.left) == (Decimal(55), Decimal(20), Decimal("2.5"))
    assert (account.orders, account.told, account.answered, account.percent) == (2, 2, 1, 36)
    assert notice(recall, orders[0]).used == Decimal("17.5")
    assert [row.seller_order_id for row in notices_of(recall)] == [orders[1].pk, orders[0].pk]


def test_a_second_answer_replaces_the_first(recall: Recall, orders: list[SellerOrder]) -> None:
    answer_notice(notice(recall, orders[0]), left=Decimal(20), done="kept", by=None, now=ARRIVED)
    answer_notice(notice(recall, orders[0]), left=Decimal(20), done="destroyed", words="burnt", by=None, now=LATER)

    row = notice(recall, orders[0])
    assert (row.done, row.words, row.answered_at) == ("destroyed", "burnt", LATER)


@pytest.mark.parametrize(
    ("left", "done"),
    [
        ("-1", "kept"),
        ("20.001", "kept"),
        ("NaN", "kept"),
        ("1.0001", "kept"),
        ("5", ""),
        ("5", "nothing"),
        ("0", "kept"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(recall: Recall, orders: list[SellerOrder], left: str, done: str) -> None:
    with pytest.raises(InvalidInput):
        answer_notice(notice(recall, orders[0]), left=Decimal(left), done=done, by=None, now=LATER)

    assert notice(recall, orders[0]).answered_at is None


def test_who_had_some_is_told_once_and_the_seller_too(
    orders: list[SellerOrder], mailoutbox: list[EmailMessage]
) -> None:
    packer = make_member(orders[0].enterprise, "warehouse")
    make_member(orders[0].enterprise, "viewer")
    drain_outbox(ARRIVED)
    mailoutbox.clear()
    Purchase.objects.filter(pk=orders[1].purchase_id).update(buyer_email="", language="en")

    recall = make_recall(orders[0])
    drain_outbox(ARRIVED)
    drain_outbox(LATER)

    to_seller, to_buyer = mailoutbox
    assert (to_seller.to, to_buyer.to) == ([packer.email], ["buyer@example.org"])
    assert orders[0].number in to_buyer.subject
    assert "residues above the limit" in str(to_buyer.body)
    text = QueuedMessage.objects.get(kind="recall")
    assert (text.phone, orders[1].number in text.words) == (orders[1].purchase.phone, True)
    assert text.words.startswith("Recall: do not eat, sell or pass on")
    assert all(row.told_at for row in recall.notices.all())


def test_an_address_that_is_refused_keeps_nobody_from_hearing(
    orders: list[SellerOrder], mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    drain_outbox(ARRIVED)
    mailoutbox.clear()
    Purchase.objects.filter(pk=orders[0].purchase_id).update(buyer_email="refused@example.org")
    send = EmailMessage.send

    def refuse(mail: EmailMessage) -> int:
        if mail.to == ["refused@example.org"]:
            raise SMTPRecipientsRefused({})
        return send(mail)

    monkeypatch.setattr(EmailMessage, "send", refuse)

    recall = make_recall(orders[0])
    drain_outbox(ARRIVED)

    assert [notice(recall, order).told_at for order in orders] == [None, ARRIVED]
    monkeypatch.undo()
    drain_outbox(LATER)
    assert [notice(recall, order).told_at for order in orders] == [LATER, ARRIVED]
    assert [mail.to for mail in mailoutbox].count(["refused@example.org"]) == 1


def test_a_mail_server_that_is_away_is_asked_once(orders: list[SellerOrder], monkeypatch: pytest.MonkeyPatch) -> None:
    drain_outbox(ARRIVED)
    asked: list[str] = []

    def away(mail: EmailMessage) -> int:
        asked.extend(mail.to)
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", away)

    recall = make_recall(orders[0])
    drain_outbox(ARRIVED)

    assert asked == ["buyer@example.org"]
    assert [notice(recall, order).told_at for order in orders] == [None, None]


def test_only_who_is_silent_is_reminded_and_once_a_day(
    recall: Recall, orders: list[SellerOrder], mailoutbox: list[EmailMessage]
) -> None:
    officer = make_officer(orders[0].enterprise.unit)
    answer_notice(notice(recall, orders[0]), left=Decimal(0), done="nothing", by=None, now=ARRIVED)
    mailoutbox.clear()

    with pytest.raises(RemindedToday):
        remind_buyers(recall, by=officer, now=ARRIVED)
    assert remind_buyers(recall, by=officer, now=LATER) == 1
    with pytest.raises(RemindedToday):
        remind_buyers(recall, by=officer, now=LATER)
    drain_outbox(LATER)

    assert [orders[1].number in mail.subject for mail in mailoutbox] == [True]


def test_a_text_reminder_is_another_message(recall: Recall, orders: list[SellerOrder]) -> None:
    Purchase.objects.update(buyer_email="")
    remind_buyers(recall, by=make_officer(orders[0].enterprise.unit), now=LATER)
    drain_outbox(LATER)
    remind_buyers(recall, by=make_officer(orders[0].enterprise.unit), now=LATER + timedelta(days=2))
    drain_outbox(LATER + timedelta(days=2))

    assert QueuedMessage.objects.filter(kind="recall").count() == 4


def test_a_reviewer_who_works_for_the_seller_does_not_close_it(recall: Recall, orders: list[SellerOrder]) -> None:
    officer = make_officer(orders[0].enterprise.unit)
    Member.objects.create(enterprise=orders[0].enterprise, user=officer, role="viewer")

    with pytest.raises(NotAllowed):
        close_recall(recall, outcome="all back", by=officer, now=LATER)

    recall.refresh_from_db()
    assert recall.is_open


def test_a_reviewer_who_is_no_party_closes_it_and_nothing_is_added(recall: Recall, orders: list[SellerOrder]) -> None:
    owner, officer = make_member(orders[0].enterprise, "owner"), make_officer(orders[0].enterprise.unit)
    with pytest.raises(NotAllowed):
        close_recall(recall, outcome="all back", by=owner, now=LATER)
    with pytest.raises(InvalidInput):
        close_recall(recall, outcome=" ", by=officer, now=LATER)

    closed = close_recall(recall, outcome="all back", by=officer, now=LATER)

    assert (closed.is_open, closed.closed_by) == (False, officer)
    for act in (
        lambda: close_recall(recall, outcome="again", by=officer, now=LATER),
        lambda: remind_buyers(recall, by=officer, now=LATER),
        lambda: answer_notice(notice(recall, orders[0]), left=Decimal(0), done="nothing", by=None, now=LATER),
    ):
        with pytest.raises(RecallClosed):
            act()


def test_recalled_goods_can_be_claimed_however_late(orders: list[SellerOrder]) -> None:
    order = orders[0]
    accept_delivery(order, by=None, now=ARRIVED)
    late = ARRIVED + CLAIM_WITHIN + timedelta(days=1)
    row = SellerOrder.objects.select_related("acceptance").get(pk=order.pk)
    with pytest.raises(TooLateToClaim):
        check_may_claim(row, late)
    assert not is_claimable(row, journey([row])[row.pk], [], row.acceptance.at, late)

    make_recall(order)

    assert [one.lot.number for one in check_may_claim(row, late)] == [lot_of(order).number]
    assert is_claimable(row, journey([row])[row.pk], [], row.acceptance.at, late)
