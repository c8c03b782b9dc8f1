import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from catalog.products.actions.add_image import MAX_PICTURES, add_image
from catalog.products.actions.arrange_images import move_image, remove_image
from catalog.products.errors import BadPicture, TooManyPictures
from catalog.products.models import Product, ProductImage
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, make_product

pytestmark = pytest.mark.django_db


def picture(color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 150), color).save(out, "PNG")
    return out.getvalue()


def make_images(product: Product, count: int) -> list[ProductImage]:
    return [add_image(product, picture(), name=f"{n}.png", now=NOW) for n in range(count)]


def order_of(product: Product) -> list[int]:
    return list(ProductImage.objects.filter(product=product).values_list("pk", flat=True))


def test_move_swaps_neighbours_and_stops_at_the_ends() -> None:
    product = make_product()
    a, b, c = make_images(product, 3)

    move_image(c, -1, now=NOW)
    move_image(a, -1, now=NOW)

    assert order_of(product) == [a.pk, c.pk, b.pk]


def test_new_picture_after_a_removal_stands_last() -> None:
    product = make_product()
    a, b = make_images(product, 2)
    remove_image(a, now=NOW)

    c = add_image(product, picture(), name="c.png", now=NOW)

    assert order_of(product) == [b.pk, c.pk]


def test_remove_deletes_files_and_tells_the_index_once() -> None:
    product = make_product()
    (image,) = make_images(product, 1)
    OutboxEvent.objects.all().delete()

    remove_image(image, now=NOW)
    remove_image(image, now=NOW)

    assert not default_storage.exists(str(image.file.name))
    assert not any(default_storage.exists(path) for path in image.thumbnails.values())
    assert OutboxEvent.objects.count() == 1


def test_files_another_picture_uses_are_kept() -> None:
    product = make_product()
    (image,) = make_images(product, 1)
    twin = ProductImage(product=make_product(), thumbnails=image.thumbnails)
    twin.file.name = image.file.name
    twin.save()

    remove_image(image, now=NOW)

    assert default_storage.exists(str(twin.file.name))


def test_eleventh_and_broken_pictures_are_refused_by_name() -> None:
    product = make_product()
    with pytest.raises(BadPicture):
        add_image(product, b"not a picture", name="x.png", now=NOW)
    make_images(product, MAX_PICTURES)

    with pytest.raises(TooManyPictures) as refused:
        add_image(product, picture(), name="eleven.png", now=NOW)

    assert refused.value.details["name"] == "eleven.png"
    assert product.images.count() == MAX_PICTURES
