"""Reviews at once, each on a connection of its own: ten of one product from ten orders, and one order's written twice.

`guarded` False takes the lock of the product away and lets all write before any counts, to show first that the count
can be lost.
"""

import sys
import threading
from collections import Counter
from contextlib import ExitStack
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection

from catalog.products.models import Product
from orders.orders.models import SellerOrder
from orders.reviews.actions.write_review import write_review
from orders.reviews.models import Review
from tests.builders import NOW, make_variant
from tests.orders.reviews.scenes import GOOD, make_accepted
from tests.processes.at_once import at_once

WRITERS = 10
module = sys.modules["orders.reviews.actions.write_review"]


def race_of_reviews(repeats: int = 5, same_order: bool = False, guarded: bool = True) -> dict[str, Any]:
    """Per round: what the writers heard, how many reviews there are, and how many the product counts."""
    rounds = []
    for _ in range(repeats):
        variant = make_variant(on_hand=50)
        orders = [make_accepted(variant) for _ in range(1 if same_order else WRITERS)]
        with ExitStack() as stack:
            if not guarded:
                _without_lock(stack)
            heard = _written_at_once(orders * WRITERS if same_order else orders, variant.product_id)
        counted = Product.objects.values_list("rating_count", flat=True).get(pk=variant.product_id)
        written = Review.objects.filter(product=variant.product_id).count()
        rounds.append({"heard": dict(heard), "written": written, "counted": counted})
    return {"rounds": rounds, "vendor": connection.vendor}


def _without_lock(stack: ExitStack) -> None:
    count, all_have_written = module.count_stars, threading.Barrier(WRITERS)

    def count_when_all_have_written(*arguments: Any, **more: Any) -> None:
        all_have_written.wait(timeout=60)
        count(*arguments, **more)

    stack.enter_context(patch.object(module, "lock_rating", lambda pk: Product.objects.get(pk=pk)))
    stack.enter_context(patch.object(module, "count_stars", count_when_all_have_written))


def _written_at_once(orders: list[SellerOrder], product_id: int) -> Counter[str]:
    def write(order: SellerOrder) -> None:
        assert order.purchase.buyer is not None
        write_review(order, product_id, GOOD, by=order.purchase.buyer, now=NOW)

    return at_once([partial(write, order) for order in orders])
