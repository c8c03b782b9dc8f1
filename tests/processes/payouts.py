"""Four officers close a pay run at the same moment, each on a connection of its own.

`off` takes guards away, to show first what they keep out: `lock`, that of the enterprise, and `constraint`, that a
posting is stamped once. Without both all stamp before anybody commits.
"""

import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection

from market.enterprises.models import Enterprise
from orders.actions.pay_sellers import run_payouts
from orders.ledger.check import wrong_in_the_books
from orders.ledger.models import Payout, Settlement
from tests.orders.claims import ARRIVED
from tests.orders.payouts import available, make_cashier, make_earned
from tests.processes.at_once import at_once

OFFICERS = 4
module = sys.modules["orders.ledger.settle"]


def race_of_pay_runs(repeats: int = 3, off: Sequence[str] = ()) -> dict[str, Any]:
    """Per round: what the officers heard, how many payouts there are, what is left to the seller, what is wrong."""
    rounds = []
    for number in range(repeats):
        order = make_earned(f"P{number}")
        officers = [make_cashier() for _ in range(OFFICERS)]
        with ExitStack() as stack:
            _without(stack, off)
            heard = at_once([partial(run_payouts, "CNY", by=officer, now=ARRIVED) for officer in officers])
        payouts = Payout.objects.filter(settlement__enterprise=order.enterprise).count()
        left, wrong = str(available(order.enterprise)), bool(wrong_in_the_books())
        rounds.append({"heard": dict(heard), "payouts": payouts, "left": left, "wrong": wrong})
    return {"rounds": rounds, "vendor": connection.vendor}


def _without(stack: ExitStack, off: Sequence[str]) -> None:
    if "lock" in off:
        stack.enter_context(patch.object(module, "lock_enterprise", lambda pk: Enterprise.objects.get(pk=pk)))
    if "constraint" in off:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS posting_settled_once")
        stamp, all_have_stamped = module._stamp, threading.Barrier(OFFICERS)

        def stamp_and_wait(settlement: Settlement, *more: Any) -> None:
            stamp(settlement, *more)
            all_have_stamped.wait(timeout=60)

        stack.enter_context(patch.object(module, "_stamp", stamp_and_wait))
