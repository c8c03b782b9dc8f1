from datetime import timedelta
from decimal import Decimal

import pytest

from market.common.audit.models import AuditEntry
from market.regions.models import OrgUnit
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.actions.end_order import decline_order
from orders.actions.refund_payment import send_refund
from orders.ledger.models import LedgerAccount
from orders.ledger.queries import balance, unbalanced
from orders.payments.models import Refund
from tests.builders import NOW, make_officer, make_regiment
from tests.market.office.people import promised, signed_in, statements_of, top_unit

pytestmark = pytest.mark.django_db

DUE = LedgerAccount.Kind.REFUND_DUE


def owed(unit: OrgUnit | None = None) -> Refund:
    """Paid by transfer, declined by the seller, sent with the bank file."""
    payment = promised(unit)
    row = StatementRow(f"B{payment.pk}", payment.purchase.number, "示范", payment.amount, "CNY", NOW.date())
    confirm_transfer(row, by=None, now=NOW)
    decline_order(payment.purchase.seller_orders.get(), by=None, reason="受潮", now=NOW + timedelta(hours=1))
    refund = Refund.objects.get(payment=payment)
    return send_refund(refund, now=NOW + timedelta(hours=1))


def test_refund_is_closed_with_the_banks_number_and_booked_once() -> None:
    refund = owed()
    client = signed_in(make_officer(top_unit(), "finance"))

    first = client.post(f"/en/ops/refunds/{refund.pk}/", {"bank_row_id": " OUT-1 "})
    due = balance(DUE, "CNY")
    second = client.post(f"/en/ops/refunds/{refund.pk}/", {"bank_row_id": "OUT-2"})

    refund.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 422)
    assert (refund.state, refund.provider_ref, due) == ("succeeded", "OUT-1", Decimal(0))
    assert AuditEntry.objects.filter(action="refund.confirmed").count() == 1
    assert unbalanced() == []


def test_refund_without_a_number_or_with_a_used_one_stays_open() -> None:
    done, refund = owed(), owed()
    client = signed_in(make_officer(top_unit(), "finance"))
    client.post(f"/en/ops/refunds/{done.pk}/", {"bank_row_id": "OUT-1"})

    for number in ("", "   ", "OUT-1"):
        assert client.post(f"/en/ops/refunds/{refund.pk}/", {"bank_row_id": number}).status_code == 422

    refund.refresh_from_db()
    assert refund.state == "pending"
    assert balance(DUE, "CNY") == -refund.amount


def test_refund_of_another_subtree_is_404_and_not_in_the_list() -> None:
    refund = owed()
    client = signed_in(make_officer(make_regiment(), "finance"))

    assert refund.payment.purchase.number not in client.get("/en/ops/refunds/").content.decode()
    assert client.get(f"/en/ops/refunds/{refund.pk}/").status_code == 404
    assert client.post(f"/en/ops/refunds/{refund.pk}/", {"bank_row_id": "OUT-1"}).status_code == 404
    refund.refresh_from_db()
    assert refund.state == "pending"


def test_desk_of_the_finance_officer_shows_the_refund_and_says_when_it_is_overdue() -> None:
    refund = owed()
    Refund.objects.update(created_at=NOW - timedelta(days=30))

    page = signed_in(make_officer(top_unit(), "finance")).get("/en/ops/").content.decode()

    assert refund.payment.purchase.number in page
    assert "days over" in page


def test_list_costs_the_same_for_three_and_for_thirty() -> None:
    client = signed_in(make_officer(top_unit(), "finance"))

    def read() -> None:
        assert client.get("/en/ops/refunds/").status_code == 200
        assert client.get("/en/ops/").status_code == 200

    for _ in range(3):
        owed()
    few = statements_of(read)
    for _ in range(27):
        owed()

    assert statements_of(read) == few <= 40
