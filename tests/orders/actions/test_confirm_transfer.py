from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from market.common.audit.models import AuditEntry
from market.common.errors import Conflict
from orders.actions import confirm_transfer as module
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.ledger.queries import unbalanced
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.models import BankStatementRow, Payment
from tests.builders import NOW, make_placed, make_user, make_variant

pytestmark = pytest.mark.django_db


def promised() -> Payment:
    return start_payment(make_placed((make_variant(), 1)).purchase, "bank_transfer", return_url="", now=NOW)


def row(payment: Payment, number: str = "1", amount: str = "150.00") -> StatementRow:
    return StatementRow(number, payment.purchase.number, "示范", Decimal(amount), "CNY", date(2026, 11, 24))


def test_two_rows_for_one_payment_pay_once_and_the_second_waits_for_a_person() -> None:
    payment = promised()

    first, second = (confirm_transfer(row(payment, number), by=None, now=NOW) for number in ("1", "2"))

    assert (first.state, second.state) == ("matched", "overpaid")
    assert SellerOrder.objects.get().state == "awaiting_seller"
    assert unbalanced() == []


def test_row_another_officer_stores_at_the_same_moment_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    payment, officer = promised(), make_user()
    first = confirm_transfer(row(payment), by=officer, now=NOW)
    answers = iter([None, first])
    monkeypatch.setattr(module, "_existing", lambda wanted: next(answers))

    second = confirm_transfer(row(payment), by=officer, now=NOW)

    assert second.pk == first.pk
    assert BankStatementRow.objects.count() == 1
    assert AuditEntry.objects.filter(action="transfer.confirmed").count() == 1


@pytest.mark.parametrize("change", [{"amount": Decimal("1")}, {"currency": "USD"}, {"booked_on": date(2026, 11, 1)}])
def test_number_of_the_bank_with_other_content_is_refused(change: dict[str, object]) -> None:
    payment = promised()
    confirm_transfer(row(payment), by=None, now=NOW)

    with pytest.raises(Conflict):
        confirm_transfer(replace(row(payment), **change), by=None, now=NOW)  # type: ignore[arg-type]

    assert BankStatementRow.objects.get().amount == payment.amount


def test_failure_that_is_no_repetition_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = promised()

    def fail(*_: object, **__: object) -> BankStatementRow:
        raise IntegrityError("something else")

    monkeypatch.setattr(module, "_store", fail)

    with pytest.raises(IntegrityError):
        confirm_transfer(row(payment), by=None, now=NOW)


@pytest.mark.parametrize("reference", ["{} ", " {}", "{}"])
def test_reference_is_understood_with_blanks_and_small_letters(reference: str) -> None:
    payment = promised()
    typed = reference.format(payment.purchase.number.lower())

    stored = confirm_transfer(
        StatementRow("1", typed, "示范", payment.amount, "CNY", date(2026, 11, 24)), by=None, now=NOW
    )

    assert stored.state == "matched"


def test_money_in_another_currency_matches_nothing() -> None:
    payment = promised()

    stored = confirm_transfer(
        StatementRow("1", payment.purchase.number, "示范", payment.amount, "USD", date(2026, 11, 24)), by=None, now=NOW
    )

    assert stored.state == "unmatched"
    assert SellerOrder.objects.get().state == "awaiting_payment"
