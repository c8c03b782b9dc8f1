"""Reads of what the public may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, CharField, QuerySet

from catalog.products.attributes import Choice, Definition, Stored, as_number, read_said
from catalog.products.models import Attribute, AttributeValue, Category, Product, ProductImage
from market.common.errors import NotFound
from market.common.kept import Kept
from market.common.prepared import Param, PreparedSelect
from market.common.tree import paths_down_to

if TYPE_CHECKING:
    Products = QuerySet[Product]
    Images = QuerySet[ProductImage]


def _published() -> "Products":
    channel = Param("channel", CharField())
    return (
        Product.objects.published()
        .filter(pk=Param("product", BigIntegerField()), listings__channel__code=channel)
        .select_related("enterprise", "origin_unit", "category")
    )


def _images() -> "Images":
    return ProductImage.objects.filter(product=Param("product", BigIntegerField())).order_by("position", "pk")


_categories = Kept(lambda: tuple(Category.objects.order_by("path", "position")), seconds=10)
_attributes = Kept(lambda: read_attributes(Attribute.objects.all()), seconds=10)
_find_published = PreparedSelect(_published)
_find_images = PreparedSelect(_images)


def find_published(product_id: int, channel: str) -> Product:
    """With enterprise, origin unit and category, in one statement. Raises NotFound for what the public may not see in
    this channel."""
    found = _find_published(product=product_id, channel=channel)
    if not found:
        raise NotFound()
    return found[0]


def images_of(product_id: int) -> list[ProductImage]:
    return _find_images(product=product_id)


def all_categories() -> Sequence[Category]:
    """The whole tree, parents before what stands below them. A change shows within ten seconds."""
    return _categories.get()


def all_attributes() -> Sequence[Definition]:
    """Retired ones too, in their order. For names and filters: a change shows within ten seconds."""
    return _attributes.get()


@dataclass(frozen=True)
class Shown:
    """What a product says of an attribute, in one language. `value`: for programs."""

    code: str
    name: str
    value: Stored
    text: str
    unit: str


def shown_attributes(attributes: Mapping[str, Any], path: str, language: str) -> list[Shown]:
    """What counts of what a product in the category at `path` says, in the category's order. From memory."""
    said = read_said(attributes, all_attributes(), path) if attributes else []
    return [
        Shown(one.code, one.name(language), one.value, one.text(language), one.definition.unit(language))
        for one in said
        if one.definition is not None and not one.problem
    ]


def attributes_named(codes: Iterable[str]) -> Sequence[Definition]:
    """As they are at this moment; two statements, none without a code."""
    wanted = list(codes)
    return read_attributes(Attribute.objects.filter(code__in=wanted)) if wanted else ()


def attributes_of_category(path: str) -> Sequence[Definition]:
    """Those that hold for it now, its ancestors' among them; one statement where there are none, else two."""
    rows = Attribute.objects.filter(category__path__in=paths_down_to(path), is_retired=False)
    return sorted(read_attributes(rows), key=lambda definition: definition.path.count("/"))


def read_attributes(rows: "QuerySet[Attribute]") -> tuple[Definition, ...]:
    """In their order, each with its values."""
    found = list(rows.select_related("category").order_by("position", "code"))
    values: dict[int, dict[str, Choice]] = defaultdict(dict)
    choices = [row.pk for row in found if row.kind == Attribute.Kind.CHOICE]
    if choices:
        for value in AttributeValue.objects.filter(attribute__in=choices).order_by("position", "pk"):
            names = (value.name_zh, value.name_en, value.name_ru)
            values[value.attribute_id][value.code] = Choice(value.code, names, value.is_retired)
    return tuple(
        Definition(
            code=row.code,
            path=row.category.path,
            kind=row.kind,
            names=(row.name_zh, row.name_en, row.name_ru),
            units=(row.unit_zh, row.unit_en, row.unit_ru),
            steps=steps_of(row),
            is_facet=row.is_facet,
            is_required=row.is_required,
            is_retired=row.is_retired,
            values=values[row.pk],
        )
        for row in found
    )


def steps_of(row: Attribute) -> tuple[Decimal, ...]:
    """Rising, whatever order or rubbish the column holds."""
    numbers = map(as_number, row.steps if isinstance(row.steps, list) else [])
    return tuple(sorted({number for number in numbers if number is not None}))
