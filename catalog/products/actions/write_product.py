"""Create and change products and their packings."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.products.errors import OriginIsFixed
from catalog.products.events import products_changed
from catalog.products.models import Category, Product, Variant
from market.common.errors import InvalidInput
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit


@dataclass(frozen=True)
class ProductTexts:
    """What a seller may edit at any time. Chinese name required; `season_months` are numbers 1 to 12."""

    name_zh: str
    name_en: str = ""
    name_ru: str = ""
    description_zh: str = ""
    description_en: str = ""
    description_ru: str = ""
    grade: str = Product.Grade.UNGRADED
    season_months: Sequence[int] = field(default_factory=list)
    hs_code: str = ""


@dataclass(frozen=True)
class Packing:
    """Weights in kilograms of one unit; `unit` is a code of `common.quantity.UNITS`."""

    sku: str
    unit: str
    net_kg: Decimal
    gross_kg: Decimal


def create_product(
    enterprise: Enterprise, category: Category, origin: OrgUnit, texts: ProductTexts, *, now: datetime
) -> Product:
    """A draft. The origin is written here, once."""
    _check(texts)
    with transaction.atomic():
        product = Product(
            enterprise=enterprise,
            category=category,
            origin_unit=origin,
            created_at=now,
            updated_at=now,
            **_columns(texts),
        )
        product.save(force_insert=True)
        products_changed([product.pk], reason="created", now=now)
    return product


def update_product(
    product: Product, texts: ProductTexts, *, category: Category, origin: OrgUnit | None = None, now: datetime
) -> Product:
    """Changes texts and category. A different origin is refused (OriginIsFixed), whoever asks."""
    _check(texts)
    if origin is not None and origin.pk != product.origin_unit_id:
        raise OriginIsFixed()
    with transaction.atomic():
        for name, value in _columns(texts).items():
            setattr(product, name, value)
        product.category = category
        product.updated_at = now
        product.save(update_fields=[*_columns(texts), "category", "updated_at"])
        products_changed([product.pk], reason="texts", now=now)
    return product


def add_variant(product: Product, packing: Packing, *, now: datetime) -> Variant:
    """Raises InvalidInput naming the field for a used SKU or impossible weights."""
    if packing.net_kg <= 0:
        raise InvalidInput(fields={"net_kg": _("must be above zero")})
    if packing.gross_kg < packing.net_kg:
        raise InvalidInput(fields={"gross_kg": _("must not be below the net weight")})
    try:
        with transaction.atomic():
            variant = Variant.objects.create(product=product, position=product.variants.count(), **asdict(packing))
            products_changed([product.pk], reason="packing", now=now)
    except IntegrityError as error:
        raise InvalidInput(fields={"sku": _("this SKU is already used on this product")}) from error
    return variant


def _columns(texts: ProductTexts) -> dict[str, object]:
    return asdict(texts) | {"season_months": sorted(set(texts.season_months))}


def _check(texts: ProductTexts) -> None:
    fields = {}
    if not texts.name_zh.strip():
        fields["name_zh"] = _("the Chinese name is needed")
    if not set(texts.season_months) <= set(range(1, 13)):
        fields["season_months"] = _("months are numbers from 1 to 12")
    if texts.hs_code and not (texts.hs_code.isdigit() and 6 <= len(texts.hs_code) <= 10):
        fields["hs_code"] = _("6 to 10 digits without dots, such as 081340")
    if fields:
        raise InvalidInput(fields=fields)
