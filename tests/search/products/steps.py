"""What tests of the index do again and again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.pricing.actions.set_price import set_price
from catalog.products.models import Variant
from market.common.outbox.models import OutboxEvent
from search.engines.base import SearchEngine
from search.products.actions import rebuild_index as rebuild_module
from search.products.actions.rebuild_index import rebuild_index
from search.products.answer import SearchQuery
from search.products.engine import search_desk
from search.products.models import SearchDocument
from search.products.queries import search_products
from search.products.turn import writers_turn
from search.products.write import write_batch
from tests.builders import NOW, domestic

LATER = NOW + timedelta(minutes=30)


def prices(text: str = "") -> list[Decimal]:
    return sorted(hit.price_per_kg for hit in search_products(SearchQuery(text=text)).hits)


def change_price(variant: Variant, amount: str) -> None:
    set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal(amount))], now=NOW)


def versions() -> tuple[dict[str, int], dict[str, int]]:
    """(of the database rows, of the engine)."""
    rows = dict(SearchDocument.objects.filter(is_gone=False).values_list("pid", "version"))
    return rows, dict(search_desk().main.versions(list(SearchDocument.objects.values_list("pid", flat=True))))


def rebuild_that_writes_one(product_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild that all documents but one product's get lost in, and that nobody has changed anything during."""

    def only_one(engines: tuple[SearchEngine, ...], generation: str | None) -> set[int]:
        with writers_turn():
            write_batch([product_id], engines, generation)
        return set()

    OutboxEvent.objects.all().delete()
    with monkeypatch.context() as patch:
        patch.setattr(rebuild_module, "_write_everything", only_one)
        rebuild_index(now=LATER)
