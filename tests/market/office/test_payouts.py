"""Officers at their pages: accounts to check, pay runs, the bank file, what the bank did."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from market.common.audit.models import AuditEntry
from market.common.csv_out import safe_cell
from market.enterprises.models import PayoutAccount
from orders.ledger.models import Payout, PayRun, Settlement
from orders.payments.models import BankStatementRow
from tests.builders import make_enterprise, make_member, make_officer
from tests.market.office.people import signed_in, statements_of
from tests.orders.payouts import NUMBER, enter_account, make_cashier, make_earned, make_paid_out, pay

pytestmark = pytest.mark.django_db
OPS = "/en/ops/"
HEAD = "交易流水号,交易日期,对方户名,借方发生额,贷方发生额,附言\n"


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_account_is_taken_into_use_only_with_the_number_of_the_banks_letter() -> None:
    account = enter_account(make_enterprise())
    client = signed_in(make_officer(account.enterprise.unit, "finance"))
    path = f"{OPS}payout-accounts/{account.pk}/"
    assert account.enterprise.name in text(client.get(f"{OPS}payout-accounts/"))
    assert NUMBER not in text(client.get(path))

    wrong = client.post(path, {"to": "active", "number": "6222020000112234"})
    assert (wrong.status_code, PayoutAccount.objects.get().state) == (422, "pending")
    right = client.post(path, {"to": "active", "number": "6222 0200 0011 2233"})

    assert (right.status_code, PayoutAccount.objects.get().state) == (302, "active")
    assert AuditEntry.objects.filter(action="payout_account.active").count() == 1


def test_holder_other_than_the_firm_needs_a_reason() -> None:
    account = enter_account(make_enterprise(), holder="个人张三")
    client = signed_in(make_officer(account.enterprise.unit, "finance"))
    path, act = f"{OPS}payout-accounts/{account.pk}/", {"to": "active", "number": NUMBER}
    assert "The holder is not the registered name" in text(client.get(path))

    assert client.post(path, act).status_code == 422
    assert client.post(path, act | {"reason": "个体户经营者本人，已核对"}).status_code == 302
    assert PayoutAccount.objects.get().state == "active"


@pytest.mark.parametrize("to", ["restricted", "rejected"])
def test_hold_and_refusal_need_a_reason_and_a_move_that_is_open(to: str) -> None:
    account = enter_account(make_enterprise())
    client = signed_in(make_officer(account.enterprise.unit, "finance"))
    path = f"{OPS}payout-accounts/{account.pk}/"

    assert client.post(path, {"to": to}).status_code == 422
    client.post(path, {"to": to, "reason": "unclear"})

    assert PayoutAccount.objects.get().state == ("pending" if to == "restricted" else "rejected")


def test_accounts_are_checked_by_finance_of_the_tree_and_never_ones_own() -> None:
    account = enter_account(make_enterprise())
    path, act = f"{OPS}payout-accounts/{account.pk}/", {"to": "active", "number": NUMBER}
    elsewhere = make_officer(make_enterprise().unit, "finance")
    reviewer = make_officer(account.enterprise.unit)
    for officer in (elsewhere, reviewer):
        assert signed_in(officer).post(path, act).status_code == 404
        assert signed_in(officer).get(path).status_code == 404
    own = make_officer(account.enterprise.unit, "finance")
    account.enterprise.members.create(user=own, role="finance")

    assert signed_in(own).post(path, act).status_code == 422
    assert PayoutAccount.objects.get().state == "pending"


def test_pay_run_from_the_list_to_the_banks_number() -> None:
    order, poor = make_earned("W1"), make_earned("W2")
    enter_account(poor.enterprise, number="6222020000445566")
    cashier = make_cashier()
    client = signed_in(cashier)
    page = text(client.get(f"{OPS}payouts/"))
    assert "One settlement is closed and its payout ordered: CN¥947.00" in page
    assert "The payout account waits for an officer to check it." in page

    assert client.post(f"{OPS}payouts/").status_code == 302
    run, payout = PayRun.objects.get(), Payout.objects.get()
    run_path, path = f"{OPS}payouts/runs/{run.number}/", f"{OPS}payouts/{payout.number}/"
    assert client.get(f"{run_path}file/").status_code == 302
    file = client.post(f"{run_path}file/")
    client.post(run_path)
    bad = client.post(path, {"bank_row_id": " "})
    client.post(path, {"bank_row_id": "OUT-1"})

    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert (row["收款人户名"], row["收款账号"].strip()) == (order.enterprise.name_zh, NUMBER)
    assert (row["金额"], row["币种"], row["附言"]) == ("947.00", "CNY", payout.number)
    payout.refresh_from_db()
    assert (bad.status_code, payout.settlement.state, payout.bank_row_id) == (422, "sent", "OUT-1")
    acts = ["payouts.ordered", "payouts.file", "payouts.sent", "payout.confirmed"]
    assert AuditEntry.objects.filter(action__in=acts).count() == 4
    assert "OUT-1" in text(client.get(path)) + text(client.get(run_path))


def test_returned_payout_and_a_number_used_twice() -> None:
    first, second = make_earned("W1"), make_earned("W2")
    one, other = pay(make_cashier())
    client = signed_in(make_cashier())
    client.post(f"{OPS}payouts/{one.number}/", {"bank_row_id": "OUT-1"})

    used = client.post(f"{OPS}payouts/{other.number}/", {"bank_row_id": "OUT-1"})
    silent = client.post(f"{OPS}payouts/{other.number}/", {"return": "1"})
    told = client.post(f"{OPS}payouts/{other.number}/", {"return": "1", "reason": "账号不存在"})
    again = client.post(f"{OPS}payouts/{other.number}/", {"return": "1", "reason": "账号不存在"})

    assert [used.status_code, silent.status_code, told.status_code, again.status_code] == [422, 422, 302, 422]
    states = Settlement.objects.order_by("pk").values_list("enterprise", "state")
    assert list(states) == [(first.enterprise_id, "sent"), (second.enterprise_id, "returned")]
    assert "The payout account is restricted: money is held." in text(client.get(f"{OPS}payouts/"))


@pytest.mark.parametrize("role", ["finance", "reviewer", "seller"])
def test_paying_is_for_finance_at_the_top_only(role: str) -> None:
    order = make_earned()
    payout = make_paid_out(order, make_cashier())
    unit = order.enterprise.unit
    client = signed_in(make_member(order.enterprise) if role == "seller" else make_officer(unit, role))

    for path in ("payouts/", f"payouts/runs/{payout.settlement.run.number}/", f"payouts/{payout.number}/"):
        assert client.get(OPS + path).status_code == 404
        assert client.post(OPS + path, {"return": "1", "reason": "x"}).status_code == 404
    assert client.post(f"{OPS}payouts/runs/{payout.settlement.run.number}/file/").status_code == 404
    assert Settlement.objects.get().state == "sent"


def test_list_of_sellers_asks_as_often_for_many_as_for_one() -> None:
    make_earned("W1")
    client = signed_in(make_cashier())
    client.get(f"{OPS}payouts/")
    one = statements_of(lambda: client.get(f"{OPS}payouts/"))
    for number in (2, 3):
        make_earned(f"W{number}")

    assert statements_of(lambda: client.get(f"{OPS}payouts/")) == one


def test_cells_a_spreadsheet_would_run_are_text() -> None:
    cells = ["=1+1", "＝1+1", "@SUM(A1)", "-1+2", "\t=1", "+86", "-94.70", "\t6222020000112233", "示范"]

    assert [safe_cell(cell) for cell in cells] == [
        "'=1+1", "'＝1+1", "'@SUM(A1)", "'-1+2", "'\t=1", "'+86", "-94.70", "\t6222020000112233", "示范",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger_settlement SET amount = amount + 10000", "its items 947"),
        ("UPDATE ledger_payout SET amount = amount + 10000", "is not its settlement's amount"),
        ("UPDATE ledger_settlement SET state = 'returned'", "is stamped wrongly"),
        ("UPDATE ledger_settlement SET state = 'sending'", "payout_transit in CNY is off"),
        ("DELETE FROM ledger_settlementitem", "are off what was settled by 947"),
    ],
)
def test_check_ledger_names_what_does_not_hold(statement: str, words: str) -> None:
    make_paid_out(make_earned(), make_cashier())
    call_command("check_ledger")

    with connection.cursor() as cursor:
        cursor.execute(statement)

    with pytest.raises(CommandError, match=words):
        call_command("check_ledger")


def test_nothing_to_pay_is_said_and_leaves_no_run() -> None:
    make_enterprise()

    answer = signed_in(make_cashier()).post(f"{OPS}payouts/", follow=True)

    assert "Nobody can be paid now. The list says for each seller why not." in text(answer)
    assert not PayRun.objects.exists()


def take(client: Client, sheet: str) -> tuple[str, str]:
    """The look at a statement, and what came of taking it over; empty when there was nothing to take."""
    look = text(client.post(f"{OPS}transfers/statement/", {"file": SimpleUploadedFile("s.csv", sheet.encode())}))
    found = re.search(r'name="lines" value="([^"]+)"', look)
    return look, text(client.post(f"{OPS}transfers/statement/", {"lines": found[1]})) if found else ""


@pytest.mark.parametrize("style", ["column", "sign"])
def test_statement_confirms_payouts_by_their_numbers_once(style: str) -> None:
    make_earned()
    (payout,) = pay(make_cashier())
    client = signed_in(make_cashier())
    amounts = "947.00,0.00" if style == "column" else ",-947.00"
    sheet = f"{HEAD}77,2026-11-27,某公司,{amounts},货款 {payout.number}\n"

    look, taken = take(client, sheet)
    again, _nothing = take(client, sheet)

    payout.refresh_from_db()
    assert (payout.settlement.state, payout.bank_row_id) == ("sent", "77")
    assert "payout that left" in look
    assert "payout that left" in taken
    assert "stored already, nothing changes" in again
    assert not BankStatementRow.objects.exists()


def test_look_at_a_statement_counts_a_payout_once() -> None:
    make_earned("W1")
    make_earned("W2")
    one, other = pay(make_cashier())
    lines = [f"{row_id},2026-11-27,x,947.00,,{payout.number}" for row_id, payout in
             (("77", one), ("77", one), ("78", one), ("77", other))]  # fmt: skip

    look, taken = take(signed_in(make_cashier()), HEAD + "\n".join(lines))

    for page in (look, taken):
        assert page.count("payout that left") == page.count("stored already, nothing changes") == 1
        assert page.count("this payout is not at the bank, or has another amount or bank number") == 2
    assert "1 line is new." in look
    assert list(Settlement.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "sending"]


def test_statement_leaves_payouts_that_do_not_fit_and_money_that_came_back() -> None:
    make_earned("W1")
    (payout,) = pay(make_cashier())
    lines = [
        f"77,2026-11-27,某公司,947.01,,{payout.number}",
        "78,2026-11-27,某公司,947.00,,PO261127-00000000",
        f"79,2026-11-28,某公司,,947.00,退汇 {payout.number}",
    ]

    look, taken = take(signed_in(make_cashier()), HEAD + "\n".join(lines))

    assert look.count("this payout is not at the bank, or has another amount or bank number") == 2
    assert "a payout came back: record it at the payout" in look
    assert f'href="/en/ops/payouts/{payout.number}/"' in look
    assert (taken, Settlement.objects.get().state) == ("", "sending")

    client = signed_in(make_cashier())
    path = f"{OPS}payouts/{payout.number}/"
    client.post(path, {"return": "1", "reason": "退汇", "return_row_id": "80"})
    by_hand = {"row_id": "80", "reference": "退汇", "payer": "某银行", "amount": "947", "booked_on": "2026-11-28"}
    assert "a payout that came back, recorded already" in text(client.post(f"{OPS}transfers/", by_hand))
    assert not BankStatementRow.objects.exists()


def test_finance_below_the_top_confirms_no_payout_by_statement() -> None:
    order = make_earned()
    (payout,) = pay(make_cashier())
    sheet = f"{HEAD}77,2026-11-27,某公司,947.00,,{payout.number}\n"

    look, taken = take(signed_in(make_officer(order.enterprise.unit, "finance")), sheet)

    assert "payouts are recorded by finance officers at the top" in look
    assert (taken, Settlement.objects.get().state) == ("", "sending")
