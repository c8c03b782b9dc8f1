"""Fifty buyers want one unit each of the last twenty, all at once, each on a connection of their own.

`off` switches guards off by name, to show first that this race can be lost and that it is the guards that win it:
    lock        nobody waits: all have read the stock before the first one writes
    condition   the UPDATE no longer asks whether the stock still covers the wish
    check       the database constraint is dropped
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import F, Value

from catalog.products.models import Variant
from catalog.stock.actions.reserve_stock import Wish, reserve_stock
from catalog.stock.errors import OutOfStock
from catalog.stock.models import Reservation, StockItem
from market.common.bulk import insert_rows
from market.common.fields import QuantityField
from orders.cart.models import Cart, CartLine
from orders.checkout.place_order import place_order
from tests.builders import ADDRESS, BUYER, NOW, make_cart, make_variant

BUYERS, UNITS = 50, 20
module = sys.modules["catalog.stock.actions.reserve_stock"]
Take = Callable[[int], None]


def race_for_units(repeats: int = 20, off: Sequence[str] = (), by: str = "checkout") -> dict[str, Any]:
    """Per repeat: how many bought, how many were told it is sold out, what else happened, what the row says."""
    if "check" in off and connection.vendor != "sqlite":
        connection.cursor().execute("ALTER TABLE stock_stockitem DROP CONSTRAINT stock_reserved_within_on_hand")
    rounds = []
    for number in range(repeats):
        variant = make_variant(on_hand=UNITS)
        take = _checkout(variant.pk) if by == "checkout" else _reservation(variant.pk, number)
        with ExitStack() as stack:
            for guard in off:
                if guard != "check":
                    stack.enter_context(_WITHOUT[guard]())
            outcomes = _at_once(take, without_check="check" in off)
        reserved = StockItem.objects.get(variant=variant).reserved
        promised = sum(Reservation.objects.filter(stock_item__variant=variant).values_list("quantity", flat=True))
        rounds.append({"outcomes": dict(outcomes), "reserved": int(reserved), "promised": int(promised)})
    return {"rounds": rounds, "vendor": connection.vendor}


def _checkout(variant_id: int) -> Take:
    """Fifty prepared carts, copies of one that was filled in the ordinary way."""
    first = make_cart((Variant.objects.get(pk=variant_id), 1))
    line = first.lines.get()
    carts = [first, *(Cart(channel=first.channel, token_digest="", created_at=NOW, updated_at=NOW) for _ in range(49))]
    Cart.objects.bulk_create(carts[1:])
    CartLine.objects.bulk_create(
        CartLine(cart=cart, variant_id=variant_id, quantity=1, price_seen=line.price_seen, added_at=NOW)
        for cart in carts[1:]
    )

    def take(buyer: int) -> None:
        place_order(carts[buyer], buyer=BUYER, address=ADDRESS, idempotency_key="one", now=NOW)

    return take


def _reservation(variant_id: int, number: int) -> Take:
    def take(buyer: int) -> None:
        with module.transaction.atomic():
            insert_rows(reserve_stock([Wish(variant_id, Decimal(1), f"R{number}-{buyer}", 1)], now=NOW))

    return take


def _without_lock() -> ExitStack:
    """Everybody reads, then everybody writes: the moment in which stock is sold twice."""
    spread, all_have_read = module._spread_over_items, threading.Barrier(BUYERS)

    def read_without_lock(variants: list[int]) -> list[StockItem]:
        return list(StockItem.objects.filter(variant__in=variants).order_by("pk"))

    def read_and_wait(*arguments: Any) -> Any:
        found = spread(*arguments)
        all_have_read.wait(timeout=300)
        return found

    stack = ExitStack()
    stack.enter_context(patch.object(module, "_lock_items", read_without_lock))
    stack.enter_context(patch.object(module, "transaction", SimpleNamespace(atomic=lambda **_: nullcontext())))
    stack.enter_context(patch.object(module, "note_availability", lambda *_, **__: None))
    stack.enter_context(patch.object(module, "_spread_over_items", read_and_wait))
    return stack


def _without_condition() -> ExitStack:
    def add_without_asking(quantities: dict[int, Decimal]) -> int:
        for pk, quantity in quantities.items():
            more = F("reserved") + Value(quantity, output_field=QuantityField())
            StockItem.objects.filter(pk=pk).update(reserved=more)
        return len(quantities)

    stack = ExitStack()
    stack.enter_context(patch.object(module, "add_reserved", add_without_asking))
    return stack


_WITHOUT = {"lock": _without_lock, "condition": _without_condition}


def _at_once(take: Take, *, without_check: bool) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    start = threading.Barrier(BUYERS)

    def buy(buyer: int) -> None:
        connection.ensure_connection()
        if without_check and connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA ignore_check_constraints=ON")
        start.wait()
        if connection.vendor == "sqlite":
            # SQLite's waiters look again every 100 ms: all started at once, they would also wake at once, for ever.
            time.sleep(buyer * 0.002)
        try:
            take(buyer)
            outcome = "bought"
        except OutOfStock:
            outcome = "sold out"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and the test sees it
            outcome = type(error).__name__
        finally:
            connection.close()
        with lock:
            outcomes[outcome] += 1

    lock = threading.Lock()
    threads = [threading.Thread(target=buy, args=(buyer,)) for buyer in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
