"""One order's claim filed ten times at once, or ended by seller, buyer and officer at once, each on a connection of its
own.

`guarded` False takes the order's lock away and lets all read before any writes, to show first that a claim can be ended
twice.
"""

import sys
import threading
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import Sum

from orders.actions.answer_claim import answer_claim
from orders.actions.decide_claim import decide_claim
from orders.actions.react_to_claim import escalate_claim, withdraw_claim
from orders.claims.models import Claim, ClaimLine
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from tests.builders import make_member, make_officer, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_paid, send, tell, wish
from tests.processes.at_once import at_once

AT_ONCE = 10


def _arrived(waybill: str) -> SellerOrder:
    order = make_paid((make_variant(price="5.00", net_kg="5", on_hand=50), 40))
    send(order, waybill)
    tell(waybill, "delivered")
    return SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk)


def race_to_file(repeats: int = 3) -> dict[str, Any]:
    """Per round: what the ten heard and how many claims there are."""
    rounds = []
    for number in range(repeats):
        order = _arrived(f"F{number}")
        asked = wish(order)
        heard = at_once([partial(make_claim, order, asked)] * AT_ONCE)
        rounds.append({"heard": dict(heard), "written": Claim.objects.filter(seller_order=order).count()})
    return {"rounds": rounds, "vendor": connection.vendor}


def _unlocked(stack: ExitStack) -> None:
    all_have_read = threading.Barrier(AT_ONCE)

    def read(claim: Claim) -> tuple[Claim, list[ClaimLine]]:
        row = Claim.objects.select_related("seller_order__purchase", "seller_order__enterprise").get(pk=claim.pk)
        lines = list(row.lines.select_related("order_line"))
        all_have_read.wait(timeout=60)
        return row, lines

    for module in ("answer_claim", "react_to_claim", "decide_claim"):
        stack.enter_context(patch.object(sys.modules[f"orders.actions.{module}"], "lock_claim", read))


def race_to_end(repeats: int = 3, guarded: bool = True) -> dict[str, Any]:
    """Per round: how many ended it, and whether what went back is what was agreed."""
    rounds = []
    for number in range(repeats):
        order = _arrived(f"E{number}")
        seller, officer = make_member(order.enterprise), make_officer(order.enterprise.unit)
        claim = make_claim(order)
        line = claim.lines.get().pk
        withdraw = partial(withdraw_claim, claim, now=ARRIVED)
        if number % 2:
            escalate_claim(answer_claim(claim, {}, "no", by=seller, now=ARRIVED), now=ARRIVED)
            end = partial(decide_claim, claim, {line: Decimal(80)}, "so", by=officer, now=ARRIVED)
        else:
            end = partial(answer_claim, claim, {line: Decimal(100)}, "", by=seller, now=ARRIVED)
        with ExitStack() as stack:
            if not guarded:
                _unlocked(stack)
            heard = at_once(([end, withdraw] if guarded else [withdraw] * 2) * (AT_ONCE // 2))
        claim.refresh_from_db()
        refunds = Refund.objects.filter(seller_order=order).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        commission = balance("commission_income", "CNY")
        rounds.append({"done": heard["done"], "is_true": refunds == claim.agreed and commission <= 0})
    return {"rounds": rounds, "vendor": connection.vendor}
