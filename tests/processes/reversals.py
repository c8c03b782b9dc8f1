"""Four officers decide about the same money at the same moment while the provider tells of it again, each on a
connection of its own."""

from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection

from orders.actions.decide_reversal import Shares, decide_reversal
from orders.ledger.check import wrong_in_the_books
from orders.ledger.queries import balance
from orders.payments.check import wrong_with_reversals
from orders.payments.models import Allocation, Refund
from tests.orders.claims import ARRIVED, make_paid
from tests.orders.payouts import make_cashier
from tests.orders.reversals import make_reversal
from tests.processes.at_once import at_once

OFFICERS = 4


def race_of_reversals(repeats: int = 2) -> dict[str, Any]:
    """Per round: what the officers and two workers heard, what was booked, what is wrong."""
    rounds = []
    for number in range(repeats):
        order = make_paid()
        reversal = make_reversal(order, "100.00", "taken", ref=f"re_{number}")
        shares = Shares({order.lines.get().pk: Decimal("100.00")})
        decide = [
            partial(decide_reversal, reversal, shares, reason="so", by=make_cashier(), now=ARRIVED)
            for _ in range(OFFICERS)
        ]
        tell = partial(make_reversal, order, "100.00", "final", ref=f"re_{number}")
        heard = at_once([*decide, tell, tell])
        refunded = str(Allocation.objects.get(seller_order=order).refunded.normalize())
        refunds = Refund.objects.filter(seller_order=order).count()
        wrong = bool(wrong_in_the_books() + wrong_with_reversals() or balance("suspense", "CNY"))
        rounds.append({"heard": dict(heard), "refunds": refunds, "refunded": refunded, "wrong": wrong})
    return {"rounds": rounds, "vendor": connection.vendor}
