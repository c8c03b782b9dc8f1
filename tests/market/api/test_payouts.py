"""A seller's payouts for its accountant's program."""

from decimal import Decimal

import pytest

from tests.builders import make_enterprise
from tests.market.api.keys import call, key_for
from tests.orders.payouts import make_cashier, make_earned, make_paid_out

pytestmark = pytest.mark.django_db


def test_payout_with_lines_that_add_up_to_it() -> None:
    order = make_earned()
    payout = make_paid_out(order, make_cashier())
    key = key_for(order.enterprise, "orders:read", role="finance")

    listed = call("get", "/seller/payouts", {"state": "sent"}, key=key).json()
    whole = call("get", f"/seller/payouts/{payout.number}", key=key).json()

    (item,) = listed["items"]
    assert (item["number"], item["amount"], item["bank_row_id"], item["account"]) == (
        payout.number,
        "947",
        "OUT-1",
        "2233",
    )
    (line,) = whole["lines"]
    parts = ("paid", "given_back", "commission", "commission_tax")
    assert (whole["amount"], line["order"]) == (line["amount"], order.number)
    assert sum(Decimal(line[part]) for part in parts) == Decimal(line["amount"])
    assert call("get", "/seller/payouts", {"state": "returned"}, key=key).json()["items"] == []


def test_payouts_of_another_and_keys_without_the_scope() -> None:
    order = make_earned()
    payout = make_paid_out(order, make_cashier())
    other = key_for(make_enterprise(), "orders:read")

    assert call("get", "/seller/payouts", key=other).json()["items"] == []
    assert call("get", f"/seller/payouts/{payout.number}", key=other).status_code == 404
    for path in ("/seller/payouts", f"/seller/payouts/{payout.number}"):
        assert call("get", path, key=key_for(order.enterprise, "stock:write")).status_code == 403
        assert call("get", path, key={}).status_code == 401
