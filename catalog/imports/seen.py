"""A mark of what the catalogue says where a row would write: another mark later, and somebody was there in between."""

import hashlib

from catalog.imports.known import Known
from catalog.products.actions.write_many import PACKING_COLUMNS, PRODUCT_COLUMNS
from catalog.products.models import Product, Variant

# What an import writes; when it was written is no part of what it says.
_BY_NAME = {field.name: field.attname for field in Product._meta.concrete_fields}
PRODUCT_FIELDS = [_BY_NAME[name] for name in PRODUCT_COLUMNS if name != "updated_at"]


def seen_of(variant: Variant | None, product: Product | None, known: Known) -> str:
    """Empty where nothing is there yet."""
    if variant is None and product is None:
        return ""
    facts: list[object] = [getattr(variant, name) for name in PACKING_COLUMNS] if variant else []
    if variant:
        facts += [(code, tuple(cost)) for code, cost in sorted(known.costs.get(variant.pk, {}).items())]
    if product:
        facts += [getattr(product, name) for name in PRODUCT_FIELDS]
    return hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()
