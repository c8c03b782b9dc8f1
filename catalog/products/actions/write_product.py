"""Create and change products and their packings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.products.attributes import Definition, Stored, to_store
from catalog.products.errors import OriginIsFixed
from catalog.products.events import products_changed
from catalog.products.models import Category, Product, Variant
from catalog.products.queries import attributes_of_category
from market.common.errors import Conflict, InvalidInput, NotFound
from market.common.ids import digest
from market.common.quantity import UNITS, fits_places, plain
from market.compliance.hs import is_known
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
    enterprise: Enterprise,
    category: Category,
    origin: OrgUnit,
    texts: ProductTexts,
    *,
    attributes: Mapping[str, Any] | None = None,
    now: datetime,
) -> Product:
    """A draft. The origin is written here, once: a unit that is still there. `attributes`: as `told` has it. Raises
    InvalidInput naming the field."""
    check_texts(texts)
    said = told({}, attributes or {}, category)
    if origin.closed_at is not None:
        raise InvalidInput(fields={"origin": _("this unit has been closed")})
    with transaction.atomic():
        product = Product(
            enterprise=enterprise,
            category=category,
            origin_unit=origin,
            created_at=now,
            updated_at=now,
            attributes=said,
            **_columns(texts),
        )
        product.save(force_insert=True)
        products_changed([product.pk], reason="created", now=now)
    return product


def update_product(
    product: Product,
    texts: ProductTexts,
    *,
    category: Category,
    origin: OrgUnit | None = None,
    attributes: Mapping[str, Any] | None = None,
    version: datetime | None = None,
    now: datetime,
) -> Product:
    """Changes texts, category and, of its attributes, those that are given (as `told` has it); what the new category
    does not know stays, counts for nothing, and the seller is told. A different origin is refused (OriginIsFixed),
    whoever asks.

    `version` is the `updated_at` the person started from; when somebody saved in between: Conflict, nothing changes.
    """
    check_texts(texts)
    if origin is not None and origin.pk != product.origin_unit_id:
        raise OriginIsFixed()
    with transaction.atomic():
        row = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        if version is not None and row.updated_at != version:
            raise Conflict()
        for name, value in _columns(texts).items():
            setattr(product, name, value)
        product.category = category
        product.attributes = told(row.attributes, attributes or {}, category)
        product.updated_at = now
        product.save(update_fields=[*_columns(texts), "category", "attributes", "updated_at"])
        products_changed([product.pk], reason="texts", now=now)
    return product


def told(known: Mapping[str, Any], given: Mapping[str, Any], category: Category) -> dict[str, Stored]:
    """What a product says of its attributes after `given` was said on top of `known`: by code a value's code, a number
    (Decimal, or as text with a point), True or False; None or empty text takes back, whatever the code. Raises
    InvalidInput with a field `attributes.<code>` for each that the category does not have or that does not fit."""
    return told_of(known, given, attributes_of_category(category.path) if given else ())


def told_of(known: Mapping[str, Any], given: Mapping[str, Any], definitions: Iterable[Definition]) -> dict[str, Stored]:
    """The same with the attributes of the category at hand; asks nothing of the database."""
    result: dict[str, Stored] = dict(known)
    problems: dict[str, str] = {}
    holding = {one.code: one for one in definitions}
    for code, value in given.items():
        if value is None or value == "":
            result.pop(code, None)
        elif code not in holding:
            problems[f"attributes.{code}"] = _("this category has no such attribute")
        else:
            try:
                result[code] = to_store(holding[code], value)
            except ValueError as error:
                problems[f"attributes.{code}"] = str(error)
    if problems:
        raise InvalidInput(fields=problems)
    return result


def add_variant(product: Product, packing: Packing, *, now: datetime) -> Variant:
    """Raises InvalidInput naming the field for a used SKU or impossible weights."""
    check_packing(packing)
    try:
        with transaction.atomic():
            variant = Variant.objects.create(product=product, position=product.variants.count(), **asdict(packing))
            products_changed([product.pk], reason="packing", now=now)
    except IntegrityError as error:
        raise InvalidInput(fields={"sku": _("this SKU is already used on this product")}) from error
    return variant


def update_variant(
    variant: Variant, packing: Packing, *, is_active: bool, version: str | None = None, now: datetime
) -> Variant:
    """`version` is `packing_version` of what the person started from: Conflict when it is another now. What was
    ordered keeps its own copy. Whether weights may still change is asked in `catalog.stock.actions.change_packing`."""
    check_packing(packing)
    try:
        with transaction.atomic():
            row = Variant.objects.select_for_update(of=("self",)).filter(pk=variant.pk).first()
            if row is None:
                raise NotFound()
            if version is not None and version != packing_version(row):
                raise Conflict()
            for name, value in asdict(packing).items():
                setattr(row, name, value)
            row.is_active = is_active
            row.save(update_fields=[*asdict(packing), "is_active"])
            products_changed([row.product_id], reason="packing", now=now)
    except IntegrityError as error:
        raise InvalidInput(fields={"sku": _("this SKU is already used on this product")}) from error
    return row


def packing_version(variant: Variant) -> str:
    """Changes whenever a field the packing's form shows has changed."""
    facts = (variant.sku, variant.unit, plain(variant.net_kg), plain(variant.gross_kg), variant.is_active)
    return digest(repr(facts))[:16]


def check_packing(packing: Packing) -> None:
    """Raises InvalidInput naming every field that cannot be."""
    fields = {}
    if not packing.sku.strip():
        fields["sku"] = _("give the packing a code of your own, such as HZ-5KG")
    if packing.unit not in UNITS:
        fields["unit"] = _("choose a unit")
    for name in ("net_kg", "gross_kg"):
        if not fits_places(getattr(packing, name), 3):
            fields[name] = _("kilograms with at most three decimal places")
    if fields:
        raise InvalidInput(fields=fields)
    if packing.net_kg <= 0:
        raise InvalidInput(fields={"net_kg": _("must be above zero")})
    if packing.gross_kg < packing.net_kg:
        raise InvalidInput(fields={"gross_kg": _("must not be below the net weight")})


def _columns(texts: ProductTexts) -> dict[str, object]:
    return asdict(texts) | {"season_months": sorted(set(texts.season_months))}


def check_texts(texts: ProductTexts) -> None:
    """Raises InvalidInput naming every field that cannot be."""
    fields = {}
    if not texts.name_zh.strip():
        fields["name_zh"] = _("the Chinese name is needed")
    if not set(texts.season_months) <= set(range(1, 13)):
        fields["season_months"] = _("months are numbers from 1 to 12")
    code = texts.hs_code
    if code and not (code.isdigit() and code.isascii() and 6 <= len(code) <= 10):
        fields["hs_code"] = _("6 to 10 digits without dots, such as 081340")
    elif code and not is_known(code):
        fields["hs_code"] = _("%(code)s is not in the Harmonized System 2022 for farm goods; please look it up") % {
            "code": code[:6]
        }
    if fields:
        raise InvalidInput(fields=fields)
