"""Reads of what the public may see."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, CharField, QuerySet

from catalog.products.models import Category, Product, ProductImage
from market.common.errors import NotFound
from market.common.kept import Kept
from market.common.prepared import Param, PreparedSelect

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
