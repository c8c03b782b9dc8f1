"""Put pictures in order and take them away."""

from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from catalog.products.events import products_changed
from catalog.products.models import Product, ProductImage
from market.common.errors import NotFound


def move_image(image: ProductImage, step: int, *, now: datetime) -> None:
    """`step` -1 is one place nearer to the front, +1 one further back; at an end nothing happens."""
    with transaction.atomic():
        rows = _locked(image.product)
        here = next((place for place, row in enumerate(rows) if row.pk == image.pk), None)
        if here is None:
            raise NotFound()
        there = here + step
        if not 0 <= there < len(rows):
            return
        rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows):
            row.position = position
        ProductImage.objects.bulk_update(rows, ["position"])
        products_changed([image.product_id], reason="picture", now=now)


def remove_image(image: ProductImage, *, now: datetime) -> None:
    """The row, and after the commit the files, unless another picture uses them too. A second time nothing happens."""
    with transaction.atomic():
        _locked(image.product)
        if not ProductImage.objects.filter(pk=image.pk).delete()[0]:
            return
        products_changed([image.product_id], reason="picture", now=now)
    if not ProductImage.objects.filter(file=image.file.name).exists():
        for path in (str(image.file.name), *image.thumbnails.values()):
            default_storage.delete(path)


def _locked(product: Product) -> list[ProductImage]:
    """All pictures of the product in order, under the product's lock: two people may arrange at once."""
    Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    return list(ProductImage.objects.filter(product=product))
