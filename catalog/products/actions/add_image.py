"""Put a picture on a product."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from catalog.products.errors import BadPicture, TooManyPictures
from catalog.products.events import products_changed
from catalog.products.models import Product, ProductImage
from catalog.products.thumbnails import UnreadablePictureError, render_thumbnails
from market.common.ids import uuid7

MAX_BYTES = 10 * 1024 * 1024
MAX_PICTURES = 10


def add_image(product: Product, raw: bytes, *, name: str, now: datetime) -> ProductImage:
    """Stores the thumbnails first (no transaction while the disk works), then the row. Raises BadPicture by
    name, TooManyPictures."""
    if product.images.count() >= MAX_PICTURES:
        raise TooManyPictures(name=name, most=MAX_PICTURES)
    if len(raw) > MAX_BYTES:
        raise BadPicture(name=name)
    try:
        thumbnails = render_thumbnails(raw)
    except UnreadablePictureError as error:
        raise BadPicture(name=name) from error
    key = uuid7().hex
    stored = {
        str(width): default_storage.save(f"products/{width}/{key}.webp", ContentFile(content))
        for width, content in thumbnails.items()
    }
    image = ProductImage(product=product, thumbnails=stored, position=_next_position(product))
    image.file.save(f"{key}{_suffix(raw)}", ContentFile(raw), save=False)
    # Django sets these on assignment, but not for a file saved into a row that is not in the database yet.
    image.width, image.height = image.file.width, image.file.height
    with transaction.atomic():
        image.save(force_insert=True)
        products_changed([product.pk], reason="picture", now=now)
    return image


def _next_position(product: Product) -> int:
    last = product.images.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _suffix(raw: bytes) -> str:
    if raw.startswith(b"\x89PNG"):
        return ".png"
    return ".webp" if raw[8:12] == b"WEBP" else ".jpg"
