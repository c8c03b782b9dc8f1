"""Pictures by an address that stays. On a bucket (`make test-services`) it leads to a freshly signed link."""

from io import BytesIO

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from catalog.products.actions.add_image import add_image
from market.common.outbox.drain import drain_outbox
from tests.builders import NOW, make_product

pytestmark = pytest.mark.django_db


def png() -> bytes:
    content = BytesIO()
    Image.new("RGB", (400, 300), "brown").save(content, "PNG")
    return content.getvalue()


def fetch(client: Client, path: str) -> bytes:
    answer = client.get(path)
    if answer.status_code == 302:
        return requests.get(answer["Location"], timeout=30).content
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_picture_of_the_index_is_served(client: Client) -> None:
    product = make_product()
    add_image(product, png(), name="a.png", now=NOW)
    drain_outbox(NOW)

    (card,) = client.get("/api/v1/products").json()["items"]

    assert card["thumbnail_url"].startswith("/media/products/")
    assert Image.open(BytesIO(fetch(client, card["thumbnail_url"]))).format == "WEBP"


@pytest.mark.parametrize("path", ["secret.txt", "products/../secret.txt", "products/%2e%2e/secret.txt", "products//x"])
def test_nothing_but_pictures_has_an_address(client: Client, path: str) -> None:
    default_storage.save("secret.txt", ContentFile(b"secret"))

    answer = client.get(f"/media/{path}")

    assert answer.status_code in (302, 404)
    if answer.status_code == 302:
        assert b"secret" not in requests.get(answer["Location"], timeout=30).content
