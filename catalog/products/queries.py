"""Reads of what the public may see."""

from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, CharField, QuerySet

from catalog.products.models import Product, ProductImage
from market.common.errors import NotFound
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
