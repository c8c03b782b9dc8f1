"""What the check is held against: the enterprise's own products and packings of some rows, read with few statements,
and what holds for all rows. Of other enterprises nothing is read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from django.db.models import BigIntegerField, CharField, Count, QuerySet
from django.db.models.functions import Upper

from catalog.imports.cells import code_key
from catalog.imports.columns import Column, columns_of
from catalog.imports.layout import Layout, layout_from
from catalog.imports.models import ImportJob
from catalog.pricing.actions.set_prices import Cost
from catalog.pricing.models import Price, PriceTier
from catalog.products.attributes import Definition, holding
from catalog.products.models import Attribute, Category, Product, Variant
from catalog.products.queries import read_attributes
from catalog.stock.models import StockMovement
from market.channels.models import Channel
from market.common.prepared import IsIn, Param, PreparedSelect
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit


@dataclass(frozen=True)
class Surroundings:
    """What holds for every row of an enterprise's table. `origins`: where a new product may come from."""

    enterprise: Enterprise
    categories: Mapping[str, Category]
    origins: Mapping[str, OrgUnit]
    definitions: Sequence[Definition]
    channels: Sequence[Channel]
    columns: Sequence[Column]
    _holding: dict[str, list[Definition]] = field(default_factory=dict)

    def holding(self, path: str) -> list[Definition]:
        if path not in self._holding:
            self._holding[path] = holding(self.definitions, path)
        return self._holding[path]


@dataclass(frozen=True)
class Known:
    """Packings by `code_key` (several where the enterprise has one code on several products), with their products;
    `costs` by packing and channel; `moved`: packings of which goods have been received; `counts`: packings a product
    has."""

    packings: Mapping[str, list[Variant]]
    products: Mapping[int, Product]
    costs: Mapping[int, Mapping[str, Cost]]
    moved: frozenset[int]
    counts: Mapping[int, int]


def surroundings_of(enterprise: Enterprise) -> Surroundings:
    """Five statements."""
    categories = list(Category.objects.order_by("path"))
    origins = list(OrgUnit.objects.subtree(enterprise.unit.path).filter(closed_at__isnull=True))
    definitions = [one for one in read_attributes(Attribute.objects.all()) if not one.is_retired]
    channels = list(Channel.objects.filter(is_active=True))
    return Surroundings(
        enterprise,
        {str(one.pk): one for one in categories},
        {str(one.pk): one for one in origins},
        definitions,
        channels,
        columns_of(categories, origins, definitions, channels),
    )


def layout_of(job: ImportJob, around: Surroundings) -> Layout:
    return layout_from(job.headings, job.keys, around.columns)


def codes_of(enterprise: Enterprise) -> dict[str, int]:
    """`code_key` -> product, of all packings the enterprise has. One statement."""
    rows = Variant.objects.for_enterprise(enterprise.pk).order_by("-pk").values_list("sku", "product_id")
    return {code_key(sku): product for sku, product in rows}


def read_known(enterprise: Enterprise, codes: Iterable[str], product_numbers: Iterable[int], *, lock: bool) -> Known:
    """Six statements at most, however many rows. With `lock` the products stay as they are until the transaction ends:
    whoever edits one waits."""
    packings: dict[str, list[Variant]] = defaultdict(list)
    capitals = sorted({written for code in codes for written in _in_capitals(code)})
    found = _packings()(enterprise=enterprise.pk, codes=capitals) if capitals else []
    keys = {row.product_id for row in found} | set(product_numbers)
    rows = (
        Product.objects.for_enterprise(enterprise.pk).filter(pk__in=keys).select_related("origin_unit").order_by("pk")
    )
    products = {row.pk: row for row in (rows.select_for_update(of=("self",)) if lock else rows)} if keys else {}
    if lock and found:
        locked = Variant.objects.filter(pk__in=[row.pk for row in found]).order_by("pk")
        found = list(locked.select_for_update(of=("self",)))
    for row in found:
        row.product = products[row.product_id]
        packings[code_key(row.sku)].append(row)
    variants = [row.pk for row in found]
    moved = StockMovement.objects.filter(stock_item__variant__in=variants).values_list("stock_item__variant", flat=True)
    counted = Variant.objects.filter(product__in=products).values_list("product").annotate(n=Count("pk"))
    return Known(
        packings,
        products,
        _costs(variants) if variants else {},
        frozenset(moved.distinct()) if variants else frozenset(),
        dict(counted.order_by()) if products else {},
    )


@cache
def _packings() -> PreparedSelect[Variant]:
    """One list for any number of codes: as a parameter for each, PostgreSQL would hold every packing there is against
    one code after the other."""

    def build() -> "QuerySet[Variant]":
        own = Variant.objects.filter(product__enterprise_id=Param("enterprise", BigIntegerField()))
        return own.filter(IsIn(Upper("sku"), "codes", CharField())).order_by("pk")

    return PreparedSelect(build)


def _in_capitals(code: str) -> set[str]:
    """As databases write it: SQLite knows no capitals but the Latin ones, some turn one letter into two (ß)."""
    if code.isascii():
        return {code.upper()}
    letter_for_letter = "".join(big if len(big := letter.upper()) == 1 else letter for letter in code)
    latin = "".join(letter.upper() if letter.isascii() else letter for letter in code)
    return {code.upper(), letter_for_letter, latin}


def _costs(variants: Sequence[int]) -> dict[int, dict[str, Cost]]:
    tiers: dict[int, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for price, quantity, amount in (
        PriceTier.objects.filter(price__variant__in=variants)
        .order_by("price", "min_quantity")
        .values_list("price_id", "min_quantity", "amount")
    ):
        tiers[price].append((quantity, amount))
    costs: dict[int, dict[str, Cost]] = defaultdict(dict)
    rows = Price.objects.filter(variant__in=variants).values_list(
        "pk", "variant_id", "channel__code", "basis", "moq", "multiple"
    )
    for price, variant, channel, basis, moq, multiple in rows:
        costs[variant][channel] = Cost(basis, moq, multiple, tuple(tiers[price]))
    return costs
