"""What happens in a machine's database: `python -m tests.processes.scenes`, plain values in and out.

Each line of its input, `{"scene": NAME, "arguments": {...}}`, is played in a process of its own with the settings and
variables of the machine it plays on: a copy of this one, which has read all modules and never opens the database. It is
answered by one line, `{"answer": ...}` or `{"error": "..."}`.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NoReturn

import django

django.setup()

from django.db import connections  # noqa: E402
from django.db.models import F  # noqa: E402

from catalog.lots.actions.receive_lot import receive_lot  # noqa: E402
from catalog.products.models import Variant  # noqa: E402
from catalog.stock.models import StockItem  # noqa: E402
from market.accounts.models import ApiKey  # noqa: E402
from market.common.clock import read_clock  # noqa: E402
from market.common.ids import digest  # noqa: E402
from market.common.outbox.models import OutboxEvent  # noqa: E402
from orders.inbox.actions import create_endpoint  # noqa: E402
from orders.inbox.models import InboxEvent  # noqa: E402
from orders.ledger.models import LedgerTransaction  # noqa: E402
from orders.orders.models import Purchase, SellerOrder  # noqa: E402
from orders.shipments.models import Shipment, TrackingEvent  # noqa: E402
from tests.builders import make_category, make_enterprise, make_member, make_variant, make_warehouse  # noqa: E402
from tests.processes.answers import race_of_answers  # noqa: E402
from tests.processes.captures import race_of_captures  # noqa: E402
from tests.processes.cases import race_of_grants, race_of_numbers, race_of_officers  # noqa: E402
from tests.processes.claims import race_to_end, race_to_file  # noqa: E402
from tests.processes.opinions import race_of_reviews  # noqa: E402
from tests.processes.papers import race_of_invoices, race_of_papers  # noqa: E402
from tests.processes.payouts import race_of_pay_runs  # noqa: E402
from tests.processes.race import race_for_units  # noqa: E402
from tests.processes.recalls import race_of_blends, race_of_recall  # noqa: E402
from tests.processes.receipts import race_of_receipts  # noqa: E402
from tests.processes.retractions import race_of_retraction  # noqa: E402
from tests.processes.reversals import race_of_reversals  # noqa: E402
from tests.processes.tables import race_of_tables  # noqa: E402
from tests.processes.texts import race_of_texts  # noqa: E402

ALL_SCOPES = ["catalogue:write", "stock:write", "orders:read", "orders:write"]


def open_shop(goods: int = 0, on_hand: int = 1000) -> dict[str, Any]:
    """An approved enterprise with an API key, a warehouse, a carrier's endpoint and `goods` products on sale."""
    now = read_clock()
    enterprise, _category = make_enterprise(), make_category()
    make_warehouse(enterprise)
    secret = f"k{enterprise.pk}.machine"
    ApiKey.objects.create(
        user=make_member(enterprise),
        enterprise_number=enterprise.number,
        name="machine",
        prefix=f"k{enterprise.pk}",
        key_digest=digest(secret),
        scopes=ALL_SCOPES,
        created_at=now,
    )
    endpoint, signing = create_endpoint("standard", "carrier", now=now)
    variants = [make_variant(enterprise=enterprise, on_hand=on_hand).pk for _ in range(goods)]
    return {"key": secret, "endpoint": endpoint.pk, "signing": signing, "variants": variants}


def harvest(variant: int, quantity: int) -> None:
    """A lot comes in: what is sold by program is shipped by lot."""
    row = Variant.objects.select_related("product__enterprise").get(pk=variant)
    receive_lot(
        row,
        make_warehouse(row.product.enterprise),
        lot_number="L1",
        quantity=Decimal(quantity),
        harvested_from=date(2026, 10, 1),
        harvested_to=date(2026, 10, 12),
        by=None,
        now=read_clock(),
    )


def leases_run_out() -> dict[str, int]:
    """Two minutes pass for whatever a dead worker held."""
    past = read_clock() - timedelta(seconds=1)
    return {
        "inbox": InboxEvent.objects.filter(claimed_until__gt=past).update(claimed_until=past),
        "outbox": OutboxEvent.objects.filter(claimed_until__gt=past).update(claimed_until=past),
    }


def books() -> dict[str, Any]:
    """What stands in the database that a death must neither lose nor double."""
    stock = list(StockItem.objects.filter(reserved__gt=F("on_hand")).values_list("pk", flat=True))
    return {
        "inbox": sorted(InboxEvent.objects.values_list("key", "state")),
        "tracking": sorted(TrackingEvent.objects.values_list("key", "status")),
        "shipments": sorted(Shipment.objects.values_list("waybill", "status")),
        "orders": sorted(SellerOrder.objects.values_list("number", "state")),
        "purchases": Purchase.objects.count(),
        "ledger": sorted(LedgerTransaction.objects.values_list("key", flat=True)),
        "oversold": stock,
        "open_events": OutboxEvent.objects.filter(done_at__isnull=True).count(),
        "dead_events": OutboxEvent.objects.filter(dead_at__isnull=False).count(),
    }


def race_of_claims(ends: bool = False, **arguments: Any) -> dict[str, Any]:
    return race_to_end(**arguments) if ends else race_to_file(**arguments)


SCENES: dict[str, Callable[..., Any]] = {
    "open_shop": open_shop,
    "harvest": harvest,
    "leases_run_out": leases_run_out,
    "books": books,
    "race": race_for_units,
    "answers": race_of_answers,
    "blends": race_of_blends,
    "captures": race_of_captures,
    "claims": race_of_claims,
    "grants": race_of_grants,
    "invoices": race_of_invoices,
    "numbers": race_of_numbers,
    "officers": race_of_officers,
    "opinions": race_of_reviews,
    "papers": race_of_papers,
    "pay_runs": race_of_pay_runs,
    "recalls": race_of_recall,
    "receipts": race_of_receipts,
    "retractions": race_of_retraction,
    "reversals": race_of_reversals,
    "tables": race_of_tables,
    "texts": race_of_texts,
}


def main() -> None:
    for line in sys.stdin:
        if os.fork() == 0:
            played(line)
        os.wait()


def played(line: str) -> NoReturn:
    """The child says what came of it and ends, whatever has happened."""
    try:
        wanted = json.loads(line)
        said: dict[str, Any] = {"answer": SCENES[wanted["scene"]](**wanted["arguments"])}
        connections.close_all()
    except BaseException:  # noqa: BLE001 - the test is told
        said = {"error": traceback.format_exc()}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
