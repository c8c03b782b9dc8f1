from io import BytesIO

import pytest
from PIL import Image

from catalog.products.actions.add_image import add_image
from catalog.products.errors import BadPicture
from catalog.products.models import ProductImage
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, make_product

pytestmark = pytest.mark.django_db
TURNED = 6  # EXIF orientation: the camera was held upright


def picture(kind: str, *, orientation: int = 1) -> bytes:
    content, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (400, 300), "brown").save(content, kind, exif=exif)
    return content.getvalue()


@pytest.mark.parametrize(
    ("kind", "orientation", "size"),
    [("PNG", 1, (400, 300)), ("JPEG", 1, (400, 300)), ("WEBP", 1, (400, 300)), ("JPEG", TURNED, (300, 400))],
)
def test_picture_is_stored_with_its_upright_size(kind: str, orientation: int, size: tuple[int, int]) -> None:
    product = make_product()
    OutboxEvent.objects.all().delete()

    add_image(product, picture(kind, orientation=orientation), name="a", now=NOW)

    image = ProductImage.objects.get()
    ratio = image.width / image.height
    assert ratio == pytest.approx(size[0] / size[1], abs=0.02)
    assert OutboxEvent.objects.filter(topic="product.changed", subject=str(product.pk)).exists()


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken", picture("PNG")[:200]])
def test_unreadable_picture_is_refused_and_nothing_is_kept(raw: bytes) -> None:
    product = make_product()

    with pytest.raises(BadPicture):
        add_image(product, raw, name="a.png", now=NOW)

    assert not ProductImage.objects.exists()
