"""Sellers' programs write the catalogue: products with packings, ladders, channels and first stock."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from catalog.lots.actions.count_stock import set_on_hand
from catalog.lots.actions.receive_lot import receive_lot
from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import publish_product, withdraw_product
from catalog.products.actions.write_product import (
    Packing,
    ProductTexts,
    add_variant,
    create_product,
    update_product,
)
from catalog.products.models import Category, Product, Variant
from catalog.stock.actions.change_packing import change_packing
from catalog.stock.models import Warehouse
from market.accounts.models import User
from market.api.access import seller_of
from market.api.catalogue import channel_of
from market.api.catalogue import router as catalogue
from market.api.own_products import own_product, own_products, seen_by_owner
from market.api.paging import read_cursor, write_cursor
from market.api.selling_answers import OwnProduct, OwnProducts, ProductMade
from market.common.clock import read_clock
from market.common.errors import InvalidInput
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit

router = Router(tags=["selling"])
ATTRIBUTES = "By code: a value's code, a number, or true and false; null takes back."
Attributes = Annotated[dict[str, str | bool | float | None], Field(max_length=100)]
Grade = Literal["premium", "first", "second", "ungraded"]


class TierIn(Schema):
    from_quantity: Decimal
    amount: Decimal


class PriceIn(Schema):
    channel: str = "domestic"
    basis: Literal["per_kg", "per_unit"] = "per_kg"
    tiers: list[TierIn]
    moq: Decimal = Decimal(1)
    multiple: Decimal = Decimal(1)


class LotIn(Schema):
    """The harvest lot of what is on hand: goods that cannot be traced to a harvest can be sold, but never packed."""

    number: str = Field(min_length=1, max_length=20)
    harvested_from: date
    harvested_to: date
    best_before: date | None = None


class VariantIn(Schema):
    sku: str = Field(min_length=1, max_length=40)
    unit: str = "XBX"
    net_kg: Decimal
    gross_kg: Decimal
    prices: list[PriceIn] = []
    on_hand: Decimal | None = None
    lot: LotIn | None = None


class TextsIn(Schema):
    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=200)
    name_ru: str = Field("", max_length=200)
    description_zh: str = ""
    description_en: str = ""
    description_ru: str = ""
    grade: Grade = "ungraded"
    season_months: list[int] = []
    hs_code: str = ""


class ProductIn(TextsIn):
    """`category` is a slug; `origin` the code of the unit where it grows (yours, when left out), written once."""

    category: str
    origin: str = ""
    attributes: Attributes = Field({}, description=ATTRIBUTES)
    variants: list[VariantIn] = Field([], max_length=50)
    publish_in: list[str] = []
    warehouse: str = ""


class VariantChange(Schema):
    """`id` of a packing of this product; what is left out stays. Without `id` a new packing, with all it needs."""

    id: int | None = None
    sku: str = Field("", max_length=40)
    unit: str = ""
    net_kg: Decimal = Decimal(0)
    gross_kg: Decimal = Decimal(0)
    is_active: bool = True
    prices: list[PriceIn] = []


class ProductChange(TextsIn):
    """What is left out stays. `version` is the `updated_at` you read: when somebody saved since, 409 `conflict`."""

    version: datetime | None = None
    category: str = ""
    origin: str = ""
    name_zh: str = Field("", max_length=200)
    attributes: Attributes = Field({}, description=f"{ATTRIBUTES} Those left out stay.")
    variants: list[VariantChange] = Field([], max_length=50)
    publish_in: list[str] = []
    withdraw: bool = False


TEXTS = tuple(TextsIn.model_fields)


def warehouse_of(enterprise: Enterprise, code: str) -> Warehouse:
    """The one with this code, or the only one. Raises InvalidInput when that does not name one."""
    rows = Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True)
    found = list((rows.filter(code=code) if code else rows)[:2])
    if len(found) != 1:
        raise InvalidInput(fields={"warehouse": "name one of your warehouses by its code"})
    return found[0]


# Posting and changing stand on the catalogue's router: ninja keeps the methods of one address together.
@catalogue.post("/products", response={201: ProductMade})
def post_product(request: HttpRequest, body: ProductIn) -> Status[dict[str, Any]]:
    """All or nothing: product, packings, prices, stock, and publication in `publish_in`. Stock needs the scope
    stock:write too."""
    now = read_clock()
    user, enterprise = seller_of(request, "catalogue:write", now)
    if any(wish.on_hand is not None for wish in body.variants):
        seller_of(request, "stock:write", now)
    with transaction.atomic():
        product = create_product(
            enterprise,
            _category(body.category),
            _origin(enterprise, body.origin),
            ProductTexts(**{name: getattr(body, name) for name in TEXTS}),
            attributes=body.attributes,
            now=now,
        )
        variants = []
        for wish in body.variants:
            variant = add_variant(product, Packing(wish.sku, wish.unit, wish.net_kg, wish.gross_kg), now=now)
            _set_prices(variant, wish.prices, now)
            _first_stock(variant, wish, body.warehouse, enterprise, user, now)
            variants.append({"id": variant.pk, "sku": variant.sku})
        if body.publish_in:
            publish_product(product, [channel_of(code) for code in body.publish_in], now=now)
    return Status(201, {"id": product.pk, "state": product.state, "variants": variants})


@catalogue.patch("/products/{int:product_id}", url_name="own_product_change", response=OwnProduct)
def patch_product(request: HttpRequest, product_id: int, body: ProductChange) -> dict[str, Any]:
    """All or nothing. The origin is never changed: another one is refused (409 `origin_is_fixed`)."""
    now = read_clock()
    _user, enterprise = seller_of(request, "catalogue:write", now)
    sent = body.model_fields_set
    with transaction.atomic():
        product = own_product(enterprise, product_id)
        if sent & {*TEXTS, "category", "origin", "attributes"} or body.version is not None:
            update_product(
                product,
                ProductTexts(**{name: getattr(body if name in sent else product, name) for name in TEXTS}),
                category=_category(body.category) if "category" in sent else product.category,
                origin=_origin(enterprise, body.origin) if body.origin else None,
                attributes=body.attributes,
                version=body.version,
                now=now,
            )
        for change in body.variants:
            _change_variant(product, change, now)
        if body.withdraw:
            withdraw_product(product, now=now)
        elif "publish_in" in sent:
            publish_product(product, [channel_of(code) for code in body.publish_in], now=now)
    return seen_by_owner(own_product(enterprise, product_id))


@router.get("/seller/products", url_name="own_products", response=OwnProducts)
def list_own_products(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """One's own, whatever their state, newest first."""
    _user, enterprise = seller_of(request, "catalogue:write", read_clock())
    rows = own_products(enterprise, state=state, before=read_cursor(cursor) if cursor else None)[: page_size + 1]
    page = list(rows)[:page_size]
    return {
        "items": [
            {"id": row.pk, "state": row.state, "name_zh": row.name_zh, "updated_at": row.updated_at} for row in page
        ],
        "next": write_cursor(page[-1].pk) if len(rows) > page_size else None,
    }


@router.get("/seller/products/{int:product_id}", url_name="own_product", response=OwnProduct)
def show_own_product(request: HttpRequest, product_id: int) -> dict[str, Any]:
    _user, enterprise = seller_of(request, "catalogue:write", read_clock())
    return seen_by_owner(own_product(enterprise, product_id))


def _category(slug: str) -> Category:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        raise InvalidInput(fields={"category": "unknown category"})
    return category


def _origin(enterprise: Enterprise, code: str) -> OrgUnit:
    """The enterprise's own unit, or one below it."""
    if not code:
        return enterprise.unit
    unit = OrgUnit.objects.subtree(enterprise.unit.path).filter(code=code).first()
    if unit is None:
        raise InvalidInput(fields={"origin": "the code of your unit or of one below it"})
    return unit


def _set_prices(variant: Variant, prices: Sequence[PriceIn], now: datetime) -> None:
    for price in prices:
        set_price(
            variant,
            channel_of(price.channel),
            basis=price.basis,
            tiers=[(tier.from_quantity, tier.amount) for tier in price.tiers],
            moq=price.moq,
            multiple=price.multiple,
            now=now,
        )


def _first_stock(
    variant: Variant, wish: VariantIn, code: str, enterprise: Enterprise, user: User, now: datetime
) -> None:
    if wish.on_hand is None:
        return
    warehouse = warehouse_of(enterprise, code)
    if wish.lot is None and wish.on_hand > 0:
        raise InvalidInput(fields={"lot": "the harvest lot of what is on hand: its number and days of harvest"})
    if wish.lot is None:
        set_on_hand(variant, warehouse, wish.on_hand, by=user, note="API", now=now)
        return
    receive_lot(
        variant,
        warehouse,
        lot_number=wish.lot.number,
        quantity=wish.on_hand,
        harvested_from=wish.lot.harvested_from,
        harvested_to=wish.lot.harvested_to,
        best_before=wish.lot.best_before,
        by=user,
        now=now,
    )


def _change_variant(product: Product, change: VariantChange, now: datetime) -> None:
    if change.id is None:
        packing = Packing(change.sku, change.unit or "XBX", change.net_kg, change.gross_kg)
        _set_prices(add_variant(product, packing, now=now), change.prices, now)
        return
    variant = product.variants.filter(pk=change.id).first()
    if variant is None:
        raise InvalidInput(fields={"variants": f"{change.id} is not a packing of this product"})
    sent = change.model_fields_set
    if sent - {"id", "prices"}:
        facts = {
            name: getattr(change if name in sent else variant, name) for name in ("sku", "unit", "net_kg", "gross_kg")
        }
        is_active = change.is_active if "is_active" in sent else variant.is_active
        variant = change_packing(variant, Packing(**facts), is_active=is_active, now=now)
    _set_prices(variant, change.prices, now)
