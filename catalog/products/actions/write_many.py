"""Many products and packings at once, as imports bring them: the rules have been asked for each, this only writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.products.actions.write_product import Packing
from catalog.products.events import products_changed
from catalog.products.models import ChannelListing, Product, Variant
from market.channels.models import Channel
from market.common.bulk import insert_rows, insert_values, update_rows

PRODUCT_COLUMNS = (
    "name_zh",
    "name_en",
    "name_ru",
    "description_zh",
    "description_en",
    "description_ru",
    "grade",
    "season_months",
    "hs_code",
    "category",
    "attributes",
    "updated_at",
)
PACKING_COLUMNS = ("sku", "unit", "net_kg", "gross_kg", "is_active")
_NEW_PACKING = ("product", *PACKING_COLUMNS, "position")


@dataclass(frozen=True)
class NewPacking:
    product: Product
    packing: Packing
    position: int
    is_active: bool


@dataclass
class Written:
    """Rows without keys are new; those with one are changed in the columns above, never in origin or state. New
    products of state published have their channels in `listings`. `touched`: others whose documents may differ now."""

    new_products: list[Product] = field(default_factory=list)
    changed_products: list[Product] = field(default_factory=list)
    new_packings: list[NewPacking] = field(default_factory=list)
    changed_variants: list[Variant] = field(default_factory=list)
    listings: list[tuple[Product, Channel]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


def write_many(rows: Written, *, now: datetime) -> list[int]:
    """Six statements at most; call in a transaction that holds the locks of what changes. The index is told once of
    each product. Returns the keys of the new packings."""
    insert_rows(rows.new_products)
    update_rows(rows.changed_products, PRODUCT_COLUMNS)
    packings = insert_values(Variant, _NEW_PACKING, [_values(one) for one in rows.new_packings])
    update_rows(rows.changed_variants, PACKING_COLUMNS)
    insert_values(ChannelListing, ("product", "channel"), [(one.pk, channel.pk) for one, channel in rows.listings])
    told: Sequence[Product] = [*rows.new_products, *rows.changed_products, *(one.product for one in rows.new_packings)]
    keys = {product.pk for product in told} | {variant.product_id for variant in rows.changed_variants} | rows.touched
    products_changed(keys, reason="import", now=now)
    return packings


def _values(new: NewPacking) -> tuple[Any, ...]:
    said = new.packing
    return new.product.pk, said.sku, said.unit, said.net_kg, said.gross_kg, new.is_active, new.position
