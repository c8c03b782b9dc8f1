"""Many products and packings at once, as imports bring them: the rules have been asked for each, this only writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from catalog.products.actions.write_product import Packing, ProductTexts
from catalog.products.attributes import Stored
from catalog.products.events import products_changed
from catalog.products.models import Category, ChannelListing, Product, Variant
from market.channels.models import Channel
from market.common.bulk import insert_values, update_rows
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit

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
_TEXTS = tuple(one.name for one in fields(ProductTexts) if one.name != "season_months")
_NEW_PRODUCT = (
    *("enterprise", "origin_unit", "category", "attributes", "created_at", "updated_at"),
    *(*_TEXTS, "season_months", "state", "published_at"),
)
_NEW_PACKING = ("product", *PACKING_COLUMNS, "position")


@dataclass
class NewProduct:
    """Published in `channels`, or a draft without any. `pk`: once it is written."""

    enterprise: Enterprise
    origin: OrgUnit
    category: Category
    texts: ProductTexts
    attributes: Mapping[str, Stored]
    channels: Sequence[Channel]
    pk: int = 0


@dataclass(frozen=True)
class NewPacking:
    product: Product | NewProduct
    packing: Packing
    position: int
    is_active: bool


@dataclass
class Written:
    """What has a key already is changed in the columns above, never in origin or state. `touched`: other products whose
    documents may differ now."""

    new_products: list[NewProduct] = field(default_factory=list)
    changed_products: list[Product] = field(default_factory=list)
    new_packings: list[NewPacking] = field(default_factory=list)
    changed_variants: list[Variant] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


def write_many(rows: Written, *, now: datetime) -> list[int]:
    """Six statements at most; call in a transaction that holds the locks of what changes. The index is told once of
    each product. Returns the keys of the new packings."""
    keys = insert_values(Product, _NEW_PRODUCT, [_product(one, now) for one in rows.new_products])
    for new, key in zip(rows.new_products, keys, strict=True):
        new.pk = key
    update_rows(rows.changed_products, PRODUCT_COLUMNS)
    packings = insert_values(Variant, _NEW_PACKING, [_packing(one) for one in rows.new_packings])
    update_rows(rows.changed_variants, PACKING_COLUMNS)
    listings = [(one.pk, channel.pk) for one in rows.new_products for channel in one.channels]
    insert_values(ChannelListing, ("product", "channel"), listings)
    told = {one.pk for one in rows.changed_products} | {one.product.pk for one in rows.new_packings}
    told |= {*keys, *(variant.product_id for variant in rows.changed_variants), *rows.touched}
    products_changed(told, reason="import", now=now)
    return packings


def _product(new: NewProduct, now: datetime) -> tuple[Any, ...]:
    own = (new.enterprise.pk, new.origin.pk, new.category.pk, dict(new.attributes), now, now)
    texts = (*(getattr(new.texts, name) for name in _TEXTS), sorted(set(new.texts.season_months)))
    return *own, *texts, *((Product.State.PUBLISHED, now) if new.channels else (Product.State.DRAFT, None))


def _packing(new: NewPacking) -> tuple[Any, ...]:
    said = new.packing
    return new.product.pk, said.sku, said.unit, said.net_kg, said.gross_kg, new.is_active, new.position
