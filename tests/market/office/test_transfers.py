import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.common.audit.models import AuditEntry
from orders.ledger.queries import unbalanced
from orders.orders.models import SellerOrder
from orders.payments.models import BankStatementRow, Payment
from tests.builders import NOW, make_officer, make_regiment
from tests.market.office.people import promised, signed_in, statements_of, top_unit

pytestmark = pytest.mark.django_db

HEAD = "交易流水号,交易日期,对方户名,贷方发生额,附言\n"
BY_HAND = {"row_id": "B1", "payer": "示范", "amount": "150.00", "booked_on": "24.11.2026"}


def look(client: Client, *lines: str) -> str:
    upload = SimpleUploadedFile("statement.csv", (HEAD + "\n".join(lines)).encode("gb18030"))
    return client.post("/en/ops/transfers/statement/", {"file": upload}).content.decode()


def take(client: Client, page: str) -> str:
    lines = re.search(r'name="lines" value="([^"]+)"', page)
    assert lines is not None
    return client.post("/en/ops/transfers/statement/", {"lines": lines[1]}).content.decode()


def line(row_id: str, payment: Payment, amount: str = "") -> str:
    return f"{row_id},2026-11-24,样例,{amount or payment.amount},{payment.purchase.number}"


def test_look_at_a_statement_stores_nothing() -> None:
    payment = promised()
    client = signed_in(make_officer(top_unit(), "finance"))

    page = look(client, line("1", payment))

    assert "1 line is new" in page
    assert not BankStatementRow.objects.exists()
    assert SellerOrder.objects.get().state == "awaiting_payment"


def test_statement_is_taken_over_row_by_row_and_a_second_time_changes_nothing() -> None:
    paid, short, much = promised(), promised(), promised()
    client = signed_in(make_officer(top_unit(), "finance"))
    lines = [
        line("1", paid),
        line("2", short, "10.00"),
        line("3", much, "999.00"),
        "4,2026-11-24,样例,7.00,nobody",
        "5,2026-11-24,样例,seven,nobody",
    ]

    page = take(client, look(client, *lines))
    states = dict(BankStatementRow.objects.values_list("bank_row_id", "state"))
    again = look(client, *lines)

    assert "4 lines have been stored" in page
    assert states == {"1": "matched", "2": "underpaid", "3": "overpaid", "4": "unmatched"}
    assert "Line 6:" in again
    assert "0 lines are new" in again
    assert 'name="lines"' not in again
    assert BankStatementRow.objects.count() == 4
    assert AuditEntry.objects.filter(action="transfer.confirmed").count() == 4
    assert unbalanced() == []


def test_two_lines_for_one_payment_pay_it_once_as_foreseen() -> None:
    payment = promised()
    client = signed_in(make_officer(top_unit(), "finance"))

    page = look(client, line("1", payment), line("2", payment))
    take(client, page)

    assert page.count("too much") == 1
    assert dict(BankStatementRow.objects.values_list("bank_row_id", "state")) == {"1": "matched", "2": "overpaid"}


def test_money_for_an_expired_order_is_foreseen_as_late() -> None:
    payment = promised()
    SellerOrder.objects.update(state="expired")
    client = signed_in(make_officer(top_unit(), "finance"))

    page = take(client, look(client, line("1", payment)))

    assert "after the order expired" in page
    assert BankStatementRow.objects.get().state == "late"


def test_known_number_with_another_amount_is_named_and_not_stored() -> None:
    payment = promised()
    client = signed_in(make_officer(top_unit(), "finance"))
    take(client, look(client, line("1", payment)))

    page = look(client, line("1", payment, "20.00"))

    assert "another amount or day" in page
    assert 'name="lines"' not in page


def test_lines_that_were_changed_on_the_way_or_looked_at_by_another_are_refused() -> None:
    payment = promised()
    mine, other = (signed_in(make_officer(top_unit(), "finance")) for _ in range(2))
    signed = re.search(r'name="lines" value="([^"]+)"', look(mine, line("1", payment)))
    assert signed is not None

    for client, text in ((mine, signed[1][:-1] + "x"), (mine, "nonsense"), (other, signed[1])):
        assert client.post("/en/ops/transfers/statement/", {"lines": text}).status_code == 302

    assert not BankStatementRow.objects.exists()


def test_finance_officer_of_a_regiment_sees_and_confirms_the_own_transfers_only() -> None:
    unit = make_regiment()
    mine, other = promised(unit), promised()
    client = signed_in(make_officer(unit, "finance"))

    page = client.get("/en/ops/transfers/").content.decode()
    seen = look(client, line("1", mine), line("2", other), "3,2026-11-24,样例,7.00,nobody")
    take(client, seen)

    assert mine.purchase.number in page
    assert other.purchase.number not in page
    assert seen.count("no transfer of your area has this reference") == 2
    assert [row.bank_row_id for row in BankStatementRow.objects.all()] == ["1"]


def test_transfer_of_another_subtree_is_not_confirmed_by_hand_and_looks_like_none() -> None:
    other = promised()
    client = signed_in(make_officer(make_regiment(), "finance"))

    foreign = client.post("/en/ops/transfers/", BY_HAND | {"reference": other.purchase.number})
    unknown = client.post("/en/ops/transfers/", BY_HAND | {"reference": "P261124-00000000"})

    assert (foreign.status_code, unknown.status_code) == (422, 422)
    words = "no transfer of your area has this reference"
    assert words in foreign.content.decode()
    assert words in unknown.content.decode()
    assert not BankStatementRow.objects.exists()


def test_file_that_is_no_statement_comes_back_with_the_reason() -> None:
    client = signed_in(make_officer(top_unit(), "finance"))
    upload = SimpleUploadedFile("x.csv", b"\x00\x01")

    answer = client.post("/en/ops/transfers/statement/", {"file": upload})

    assert answer.status_code == 422
    assert "no CSV file" in answer.content.decode()
    assert client.post("/en/ops/transfers/statement/", {}).status_code == 422


def test_page_costs_the_same_for_three_and_for_thirty_transfers() -> None:
    unit = top_unit()
    client = signed_in(make_officer(unit, "finance"))

    def read() -> None:
        assert client.get("/en/ops/transfers/").status_code == 200

    def arrive(count: int) -> None:
        for _ in range(count):
            payment = promised()
            BankStatementRow.objects.create(
                bank_row_id=f"R{payment.pk}",
                payment=payment,
                amount=1,
                currency="CNY",
                booked_on=NOW.date(),
                state="underpaid",
                entered_at=NOW,
            )

    arrive(3)
    few = statements_of(read)
    arrive(27)

    assert statements_of(read) == few <= 20


def test_look_costs_the_same_for_three_and_for_thirty_lines() -> None:
    payments = [promised() for _ in range(4)]
    client = signed_in(make_officer(top_unit(), "finance"))

    def read(count: int) -> int:
        lines = [line(str(n), payments[n % 4]) for n in range(count)]
        return statements_of(lambda: look(client, *lines))

    assert read(3) == read(30)
