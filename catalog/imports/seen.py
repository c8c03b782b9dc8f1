"""A mark of what the catalogue says where a row would write: another mark later, and somebody was there in between."""

import hashlib
from dataclasses import astuple

from catalog.imports.known import Known
from catalog.products.models import Product, Variant

PRODUCT_FIELDS = (
    "name_zh",
    "name_en",
    "name_ru",
    "description_zh",
    "description_en",
    "description_ru",
    "grade",
    "season_months",
    "hs_code",
    "category_id",
    "attributes",
)
PACKING_FIELDS = ("sku", "unit", "net_kg", "gross_kg", "is_active")


def seen_of(variant: Variant | None, product: Product | None, known: Known) -> str:
    """Empty where nothing is there yet."""
    if variant is None and product is None:
        return ""
    facts: list[object] = [getattr(variant, name) for name in PACKING_FIELDS] if variant else []
    if variant:
        facts += [(code, astuple(cost)) for code, cost in sorted(known.costs.get(variant.pk, {}).items())]
    if product:
        facts += [getattr(product, name) for name in PRODUCT_FIELDS]
    return hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()
