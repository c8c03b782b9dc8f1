"""What tests of the index do again and again."""

from datetime import timedelta
from decimal import Decimal

from catalog.pricing.actions.set_price import set_price
from catalog.products.models import Variant
from search.products.answer import SearchQuery
from search.products.engine import search_desk
from search.products.models import SearchDocument
from search.products.queries import search_products
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
