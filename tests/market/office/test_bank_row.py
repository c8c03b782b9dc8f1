"""The page of one credit: proposed by one finance officer, confirmed by another, not there for anybody else."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from market.regions.models import OrgUnit
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.orders.models import SellerOrder
from orders.payments.models import BankStatementRow, TransferDecision
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment
from tests.market.office.people import promised, signed_in, statements_of, top_unit

pytestmark = pytest.mark.django_db


def finance(unit: OrgUnit) -> Client:
    return signed_in(make_officer(unit, "finance"))


def came(reference: str = "goods", amount: str = "150.00", number: str = "B1") -> BankStatementRow:
    row = StatementRow(number, reference, "示范", Decimal(amount), "CNY", date(2026, 11, 24))
    return confirm_transfer(row, by=None, now=NOW)


def address(row: BankStatementRow) -> str:
    return f"/en/ops/transfers/{row.pk}/"


def test_two_officers_give_money_without_reference_to_a_purchase() -> None:
    payment, row, top = promised(), came(), top_unit()
    first, second = finance(top), finance(top)
    wish = {"kind": "match", "number": payment.purchase.number.lower(), "reason": "called the payer"}

    assert first.post(address(row), wish).status_code == 302
    decision = TransferDecision.objects.get()
    assert "another finance officer" in first.get(address(row)).content.decode()
    assert first.post(address(row), {"decision": decision.pk}).status_code == 422
    assert address(row) in second.get("/en/ops/").content.decode()
    assert second.post(address(row), {"decision": decision.pk}).status_code == 302

    assert SellerOrder.objects.get().state == "awaiting_seller"
    assert address(row) not in second.get("/en/ops/").content.decode()


def test_return_is_recorded_with_the_banks_number_and_twice_changes_nothing() -> None:
    row, top = came(), top_unit()
    first, second = finance(top), finance(top)
    first.post(address(row), {"kind": "send_back", "reason": "unknown payer"})
    decision = TransferDecision.objects.get()

    refused = second.post(address(row), {"decision": decision.pk, "out_row_id": ""})
    assert refused.status_code == 422
    done = [second.post(address(row), {"decision": decision.pk, "out_row_id": "OUT"}).status_code for _ in range(2)]

    row.refresh_from_db()
    assert (done, row.state) == ([302, 422], "sent_back")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"kind": "match", "reason": "because"},
        {"kind": "send_back", "reason": ""},
        {"kind": "match", "number": "P000000-NOTHING", "reason": "because"},
        {"kind": "keep it", "reason": "because"},
    ],
)
def test_proposal_that_cannot_be_comes_back_with_what_was_typed(wish: dict[str, str]) -> None:
    row = came()

    answer = finance(top_unit()).post(address(row), wish)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert wish.get("reason", "") in page
    assert not TransferDecision.objects.exists()


def test_short_payment_is_refused_in_words() -> None:
    payment = promised()
    row = came(payment.purchase.number, "149.00")
    wish = {"kind": "match", "number": payment.purchase.number, "reason": "nearly"}

    page = finance(top_unit()).post(address(row), wish)

    assert page.status_code == 422
    text = page.content.decode()
    assert "asks for 150.00 CNY, and 149.00 is there: a short payment cannot be accepted" in text


def test_purchase_of_another_area_gets_no_money() -> None:
    foreign, unit = promised(make_regiment()), make_regiment()
    mine = promised(unit)
    row = came(mine.purchase.number, "149.00")
    wish = {"kind": "match", "number": foreign.purchase.number, "reason": "because"}

    answer = finance(unit).post(address(row), wish)

    assert answer.status_code == 422
    assert "No purchase of your area" in answer.content.decode()
    assert not TransferDecision.objects.exists()


def test_row_of_another_area_and_money_of_nobody_are_not_there() -> None:
    foreign = came(promised(make_regiment()).purchase.number, "149.00", "B1")
    nobodys = came(number="B2")
    client = finance(make_regiment())

    for row in (foreign, nobodys):
        assert client.get(address(row)).status_code == 404
        assert client.post(address(row), {"kind": "send_back", "reason": "mine"}).status_code == 404
    assert not TransferDecision.objects.exists()


@pytest.mark.parametrize("role", ["reviewer", "compliance", "viewer"])
def test_other_posts_do_not_see_it(role: str) -> None:
    row = came()

    assert signed_in(make_officer(top_unit(), role)).get(address(row)).status_code == 404
    assert signed_in(make_member(make_enterprise())).get(address(row)).status_code == 404


def test_decision_of_another_row_cannot_be_confirmed_through_this_one() -> None:
    mine, other, top = came(number="B1"), came(number="B2"), top_unit()
    first, second = finance(top), finance(top)
    first.post(address(other), {"kind": "send_back", "reason": "unknown"})

    answer = second.post(address(mine), {"decision": TransferDecision.objects.get().pk, "out_row_id": "OUT"})

    assert answer.status_code == 404
    assert TransferDecision.objects.get().state == "proposed"


def test_list_asks_as_often_for_thirty_rows_as_for_three() -> None:
    client = finance(top_unit())

    def fill(start: int, number: int) -> int:
        for place in range(number):
            came(number=f"B{start + place}")
        return statements_of(lambda: client.get("/en/ops/transfers/?state=waits"))

    assert fill(0, 3) == fill(3, 27)


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_page_stands_in_three_languages(language: str) -> None:
    row, top = came(), top_unit()
    client = finance(top)
    client.post(address(row), {"kind": "send_back", "reason": "unknown"})

    for officer in (client, finance(top)):
        assert officer.get(f"/{language}/ops/transfers/{row.pk}/").status_code == 200
