"""Workbooks to begin with: an empty one for a category, and one with the products an enterprise has, which handed in as
it is changes nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from catalog.imports.check_product import DESCRIPTIONS, NAMES
from catalog.imports.columns import ATTRIBUTE, CATEGORY, ORIGIN, PRODUCT_NUMBER, SKU, Column, Part, origin_option
from catalog.imports.errors import UnreadableFile
from catalog.imports.known import Surroundings, surroundings_of
from catalog.imports.workbook_out import Book, Value
from catalog.pricing.models import Price
from catalog.products.attributes import NO, YES, K, problem_of
from catalog.products.models import Category, Product, Variant
from market.common.languages import active_language
from market.enterprises.models import Enterprise

AT_ONCE = 500
MOST_AT_ONCE = 5_000  # some four seconds of the request that asks for them
EMPTY = Value(None)
TEXTS = (*NAMES, *DESCRIPTIONS, "grade", "hs_code")


def empty_workbook(enterprise: Enterprise, category: Category, channels: Collection[str]) -> bytes:
    """For new products of the category and those below it, with prices in these channels; in the active language."""
    around = surroundings_of(enterprise)
    keys = {str(one.pk) for one in around.categories.values() if one.path.startswith(category.path)}
    columns = [
        replace(column, options=tuple(one for one in column.options if one.value in keys))
        if column.key == CATEGORY
        else column
        for column in _columns(around, [category.path], channels)
    ]
    return _book(columns).saved()


def own_workbook(enterprise: Enterprise, category: Category | None) -> bytes:
    """One row for each packing of its products, in this category and below, or in all. Products without a packing have
    no row. Raises UnreadableFile when they are too many for one request."""
    products = Product.objects.for_enterprise(enterprise.pk)
    if category is not None:
        products = products.filter(category__path__startswith=category.path)
    variants = Variant.objects.filter(product__in=products)
    if variants.count() > MOST_AT_ONCE:
        text = _("You have more than %(most)s packings: choose a category.")
        raise UnreadableFile(reason=text % {"most": MOST_AT_ONCE})
    around = surroundings_of(enterprise)
    used = products.order_by().values_list("category", flat=True).distinct()
    paths = [around.categories[str(pk)].path for pk in used]
    priced = Price.objects.filter(variant__in=variants).order_by().values_list("channel__code", flat=True).distinct()
    columns = _columns(around, paths, {*priced, *(one.code for one in around.channels[:1])})
    book = _book(columns)
    for product in _with_packings(products):
        for variant in product.variants.all():
            book.append(_row(product, variant, columns, around))
    return book.saved()


def _with_packings(products: QuerySet[Product]) -> Iterator[Product]:
    prices = Price.objects.select_related("channel").prefetch_related("tiers")
    packings = Variant.objects.prefetch_related(Prefetch("prices", prices))
    rows = (
        products.select_related("category", "origin_unit")
        .prefetch_related(Prefetch("variants", packings))
        .order_by("pk")
    )
    return iter(rows.iterator(chunk_size=AT_ONCE))


def _columns(around: Surroundings, paths: Sequence[str], channels: Collection[str]) -> list[Column]:
    """Attributes of these categories, prices in these channels."""
    codes = {f"{ATTRIBUTE}{one.code}" for path in paths for one in around.holding(path)}
    return [
        column
        for column in around.columns
        if column.part != Part.REMARK
        and (not column.key.startswith(ATTRIBUTE) or column.key in codes)
        and (column.part != Part.PRICE or column.key.partition(".")[0] in channels)
    ]


def _book(columns: Sequence[Column]) -> Book:
    language = active_language()
    return Book(_("Products"), columns, [column.title(language) for column in columns], language)


def _row(product: Product, variant: Variant, columns: Sequence[Column], around: Surroundings) -> list[Value]:
    said = _facts(product, variant, around)
    language = active_language()
    values = []
    for column in columns:
        value = said.get(column.key)
        if column.options and value is not None:
            option = column.by_value.get(str(value))
            if option is None and column.key == ORIGIN:
                option = origin_option(product.origin_unit)
            value = option.words(language) if option else None
        values.append(EMPTY if value in (None, "") else Value(value))
    return values


def _facts(product: Product, variant: Variant, around: Surroundings) -> dict[str, str | Decimal]:
    """By column, choices by their value. What counts no longer of what a product says stays where it is."""
    facts: dict[str, str | Decimal] = {name: getattr(product, name) for name in TEXTS}
    facts |= {
        PRODUCT_NUMBER: Decimal(product.pk),
        CATEGORY: str(product.category_id),
        ORIGIN: str(product.origin_unit_id),
        "season_months": ", ".join(map(str, product.season_months)),
        SKU: variant.sku,
        "unit": variant.unit,
        "net_kg": variant.net_kg,
        "gross_kg": variant.gross_kg,
        "is_active": YES if variant.is_active else NO,
    }
    for one in around.holding(product.category.path):
        value = product.attributes.get(one.code)
        if value is not None and not problem_of(one, value, one.path):
            facts[f"{ATTRIBUTE}{one.code}"] = (
                (YES if value else NO) if isinstance(value, bool) else Decimal(value) if one.kind == K.NUMBER else value
            )
    for price in variant.prices.all():
        code = price.channel.code
        facts |= {f"{code}.basis": price.basis, f"{code}.moq": price.moq, f"{code}.multiple": price.multiple}
        for step, tier in enumerate(price.tiers.all(), start=1):
            facts |= {f"{code}.from_{step}": tier.min_quantity, f"{code}.amount_{step}": tier.amount}
    return facts
