"""Bank line = payout = orders, on the seller's pages; and the account the money goes to."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.outbox.drain import drain_outbox
from market.enterprises.actions.payout_account import whole_number
from market.enterprises.models import Enterprise, PayoutAccount
from market.portal.queries.payouts import export_lines, payouts_to
from orders.actions.answer_claim import answer_claim
from orders.actions.confirm_payout import return_payout
from tests.builders import make_enterprise, make_member
from tests.market.portal.people import read, send, staff_of
from tests.orders.claims import ARRIVED, make_claim, make_delivered, wish
from tests.orders.payouts import NUMBER, make_account, make_cashier, make_earned, make_paid_out

pytestmark = pytest.mark.django_db
ACCOUNT = {"holder": "示范公司", "bank": "示范银行", "number": "6222 0200 0011 2233"}


def refunded_after_acceptance() -> tuple[Enterprise, Decimal]:
    """A claim after acceptance stands in the payout as a line of its own."""
    first = make_earned("W1")
    after = make_claim(first, wish(first, "4"))
    seller = make_member(first.enterprise)
    answer_claim(after, {after.lines.get().pk: after.wanted}, "", by=seller, now=ARRIVED)
    payout = make_paid_out(first, make_cashier())
    return first.enterprise, payout.amount


def test_lines_of_a_payout_add_up_to_it_row_by_row() -> None:
    enterprise, amount = refunded_after_acceptance()
    with override("en"):
        table = export_lines(payouts_to(enterprise)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))

    assert amount == Decimal("852.30")
    assert [(row["Paid by the buyer"], row["Given back"]) for row in rows] == [("1000.00", "0.00"), ("0.00", "-100.00")]
    for row in rows:
        parts = ("Paid by the buyer", "Given back", "Commission", "Tax on it")
        assert sum(Decimal(row[part]) for part in parts) == Decimal(row["You receive"])
    assert sum(Decimal(row["You receive"]) for row in rows) == amount
    assert [row["Bank number"] for row in rows] == ["OUT-1", "OUT-1"]


def test_claim_before_acceptance_is_part_of_the_orders_line() -> None:
    order = make_delivered()
    make_account(order.enterprise)
    claim = make_claim(order)
    answer_claim(claim, {claim.lines.get().pk: claim.wanted}, "", by=make_member(order.enterprise), now=ARRIVED)
    payout = make_paid_out(order, make_cashier())
    client = staff_of(order.enterprise, "viewer")

    page = read(client, f"payouts/{payout.number}/")

    figures = re.findall(r"[-−]?CN¥[\d.,]+", page.split("<tbody>")[1].split("</tbody>")[0])
    assert figures == ["CN¥1,000.00", "-CN¥100.00", "-CN¥45.00", "-CN¥2.70", "CN¥852.30"]
    assert "CN¥852.30" in page.split("<tfoot>")[1]
    assert "OUT-1" in read(client, "payouts/?tab=paid-out")
    assert payout.number in read(client, "payouts/lines.csv")


def test_long_number_of_the_bank_is_not_rounded_by_a_spreadsheet() -> None:
    order = make_earned()
    make_paid_out(order, make_cashier(), "20261127000012345678")

    assert ",\t20261127000012345678," in read(staff_of(order.enterprise), "payouts/lines.csv")


def test_payouts_of_another_enterprise_are_not_there() -> None:
    order = make_earned()
    payout = make_paid_out(order, make_cashier())
    other = staff_of(make_enterprise())

    for path in (f"payouts/{payout.number}/", f"payouts/{payout.number}/lines.csv"):
        read(other, path, status=404)
    assert payout.number not in read(other, "payouts/?tab=paid-out") + read(other, "payouts/lines.csv")


def test_page_says_what_comes_next_or_why_nothing_does() -> None:
    order = make_earned()
    client = staff_of(order.enterprise)
    assert "Next payout: CN¥947.00" in read(client, "payouts/")

    payout = make_paid_out(order, make_cashier())
    return_payout(payout, reason="户名不符", return_row_id="IN-9", by=make_cashier(), now=ARRIVED)

    page = read(client, "payouts/")
    assert "The payout account is restricted: money is held." in page
    assert "户名不符" in page
    assert "Your money is held." in read(client, "")
    assert "The bank sent it back:" in read(client, f"payouts/{payout.number}/")


def test_owner_enters_the_account_which_nobody_can_read_back() -> None:
    enterprise = make_enterprise()
    client = staff_of(enterprise)
    assert "Enter the payout account" in read(client, "")

    send(client, "payouts/account/", ACCOUNT)

    account = PayoutAccount.objects.get()
    page = read(client, "payouts/account/")
    assert (account.state, account.last_digits, account.holder) == ("pending", "2233", "示范公司")
    assert NUMBER.encode() not in bytes(account.sealed_number)
    assert "•••• 2233" in page
    assert NUMBER not in page
    assert "Enter the payout account" not in read(client, "")
    assert NUMBER not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_another_account_takes_the_place_of_the_one_before_and_waits() -> None:
    order = make_earned()
    client = staff_of(order.enterprise, "finance")

    send(client, "payouts/account/", ACCOUNT | {"number": "622202009999"})

    states = list(PayoutAccount.objects.order_by("pk").values_list("state", "last_digits"))
    assert states == [("closed", "2233"), ("pending", "9999")]
    assert "waits for an officer to check it" in read(client, "payouts/")


def test_the_same_account_again_changes_nothing() -> None:
    order = make_earned()
    before = PayoutAccount.objects.get()
    same = {"holder": before.holder, "bank": before.bank, "number": NUMBER}

    send(staff_of(order.enterprise), "payouts/account/", same)

    assert PayoutAccount.objects.get().state == "active"


def test_account_keeps_no_sign_that_nobody_sees() -> None:
    client = staff_of(make_enterprise())
    turned = {"holder": "\u202e司公范示", "bank": "示\u200b范银行", "number": "\u202d6222 0200 0011 2233\u202c"}
    send(client, "payouts/account/", turned | {"bank": "\u200b"}, status=422)

    send(client, "payouts/account/", turned)

    account = PayoutAccount.objects.get()
    assert (account.holder, account.bank, whole_number(account)) == ("司公范示", "示范银行", NUMBER)


@pytest.mark.parametrize("number", ["", "1234567", "6222-0200\n=1+1", "x" * 40])
def test_number_that_is_none_is_refused_and_nothing_kept(number: str) -> None:
    send(staff_of(make_enterprise()), "payouts/account/", ACCOUNT | {"number": number}, status=422)

    assert not PayoutAccount.objects.exists()


def test_only_owner_and_finance_change_the_account() -> None:
    enterprise = make_enterprise()
    for role in ("sales", "warehouse", "viewer"):
        client = staff_of(enterprise, role)
        send(client, "payouts/account/", ACCOUNT, status=403)
        assert "Save the account" not in read(client, "payouts/account/")
    assert not PayoutAccount.objects.exists()


def test_owners_are_told_by_mail_of_a_change_and_of_a_payout() -> None:
    order = make_earned()
    drain_outbox(ARRIVED)
    mail.outbox.clear()
    make_paid_out(order, make_cashier())
    send(staff_of(order.enterprise, "finance"), "payouts/account/", ACCOUNT)

    drain_outbox(ARRIVED)

    owner = order.enterprise.members.filter(role="owner").first()
    assert owner is not None
    told = [message for message in mail.outbox if message.to == [owner.user.email]]
    assert len(told) == 2
    assert any("OUT-1" in message.body for message in told)
    assert any("•••• 2233" in message.body for message in told)
    assert not any(NUMBER in message.body for message in mail.outbox)


def test_page_of_payouts_asks_as_often_for_three_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    order = make_earned()
    cashier, client = make_cashier(), staff_of(order.enterprise)
    make_paid_out(order, cashier)
    with CaptureQueriesContext(connection) as first:
        read(client, "payouts/?tab=paid-out")
    for number in ("2", "3"):
        make_earned(f"W{number}", of=order)
        make_paid_out(order, cashier, f"OUT-{number}")

    with django_assert_num_queries(len(first)):
        read(client, "payouts/?tab=paid-out")
    with django_assert_num_queries(3), override("en"):
        assert export_lines(payouts_to(order.enterprise)).count(b",947.00") == 3


def test_the_account_page_says_when_nobody_would_be_told_of_a_change() -> None:
    reached, enterprise = make_enterprise(), make_enterprise()
    client = staff_of(enterprise)
    User.objects.filter(memberships__enterprise=enterprise).update(email=None, phone="+8613800138000")

    assert "nobody is told" in read(client, "payouts/account/")
    assert "nobody is told" not in read(staff_of(reached), "payouts/account/")
