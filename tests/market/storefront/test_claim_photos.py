"""Photos of a claim: handed in with it or later, seen by its buyer, its seller and officers, by nobody else."""

import io
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from orders.actions.add_claim_photos import add_claim_photos
from orders.actions.react_to_claim import withdraw_claim
from orders.claims.models import Claim
from orders.claims.photos import MAX_BYTES, render_photo
from orders.orders.models import SellerOrder
from tests.builders import make_enterprise, make_member, make_officer, make_regiment, make_user, make_variant
from tests.market.office.people import signed_in
from tests.market.storefront.claiming import form_url, order_url, owned, whole
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_claim, make_delivered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.storefront.claims.read_clock", lambda: ARRIVED + timedelta(hours=1))


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x9286] = "43.8,87.6"  # a comment, as cameras and phones add them
    Image.new("RGB", size, colour).save(out, kind, exif=exif)
    return out.getvalue()


def upload(raw: bytes, name: str = "mould.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, "image/jpeg")


def photos_url(claim: Claim) -> str:
    return f"/en/orders/{claim.seller_order.purchase.number}/claims/{claim.number}/photos/"


def content_of(answer: Any) -> bytes:
    """From the disk, or from the bucket by a signed link; shared caches keep neither."""
    assert answer["Cache-Control"].startswith("private, max-age=")
    if answer.status_code == 302:
        assert "X-Amz-Signature" in answer["Location"]
        return bytes(requests.get(answer["Location"], timeout=10).content)
    assert answer["Content-Type"] == "image/webp"
    return bytes(answer.content)


def test_photos_come_with_the_claim_smaller_and_without_what_the_camera_wrote() -> None:
    order, client = owned()

    sent = client.post(
        form_url(order), whole(order) | {"photos": [upload(picture(size=(1300, 700))), upload(picture("blue"))]}
    )

    claim = Claim.objects.get()
    assert sent.status_code == 302
    assert len(claim.photos) == 2
    page = client.get(order_url(order)).content.decode()
    for key in claim.photos:
        assert f'src="{photos_url(claim)}{key}/small/"' in page
    base = f"{photos_url(claim)}{claim.photos[0]}"
    small, large = (content_of(client.get(f"{base}/{size}/")) for size in ("small", "large"))
    assert [Image.open(io.BytesIO(content)).width for content in (small, large)] == [320, 1200]
    assert b"43.8" not in large


def test_a_bad_file_files_nothing_and_good_ones_are_asked_for_again() -> None:
    order, client = owned()

    bad = client.post(form_url(order), whole(order) | {"photos": [upload(picture()), upload(b"%PDF-1.7", "a.pdf")]})
    assert bad.status_code == 422
    assert "“a.pdf” cannot be used as a picture" in words(bad)
    other = client.post(form_url(order), whole(order, quantity="") | {"photos": [upload(picture())]})
    assert "Please choose the photos again: your browser does not keep them." in words(other)
    many = [upload(picture(colour)) for colour in ("red", "blue", "lime", "teal", "navy", "gold", "pink")]
    assert "A claim has at most 6 photos." in words(client.post(form_url(order), whole(order) | {"photos": many}))

    assert not Claim.objects.exists()
    assert not default_storage.exists("claims")


def test_photos_are_added_while_the_claim_is_open_and_once_each() -> None:
    order, client = owned()
    claim = make_claim(order)

    for _ in range(2):
        told = client.post(photos_url(claim), {"photos": [upload(picture())]}, follow=True)
        assert "The photos stand with your claim." in words(told)
    assert "Choose at least one file." in words(client.post(photos_url(claim), follow=True))
    claim.refresh_from_db()
    assert len(claim.photos) == 1

    many = [upload(picture(colour)) for colour in ("blue", "lime", "teal", "navy", "gold", "pink")]
    assert "A claim has at most 6 photos." in words(client.post(photos_url(claim), {"photos": many}, follow=True))
    withdraw_claim(claim, now=ARRIVED)
    late = client.post(photos_url(claim), {"photos": [upload(picture("blue"))]}, follow=True)
    assert "Nothing was changed" in words(late)
    claim.refresh_from_db()
    assert len(claim.photos) == 1
    assert "Add photos" not in words(late)


def test_large_or_broken_files_are_refused_by_name() -> None:
    order, client = owned()
    claim = make_claim(order)
    huge = upload(picture()[:100] + b"\0" * MAX_BYTES, "huge.jpg")
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")

    told = words(client.post(photos_url(claim), {"photos": [huge, upload(bomb.getvalue(), "bomb.png")]}, follow=True))

    assert "“huge.jpg” cannot be used" in told
    assert "“bomb.png” cannot be used" in told
    claim.refresh_from_db()
    assert claim.photos == []


def shown() -> tuple[Claim, str]:
    buyer = make_user()
    claim = make_claim(make_delivered(user=buyer))
    add_claim_photos(claim, [render_photo(picture(), "a.jpg")])
    claim.refresh_from_db()
    return claim, f"photos/{claim.photos[0]}/small/"


def is_refused(answer: Any) -> bool:
    """Not there, or to be signed in for."""
    return bool(answer.status_code in (403, 404)) or bool(
        answer.status_code == 302 and answer["Location"].startswith("/")
    )


def test_seller_and_officers_of_the_area_see_them_and_nobody_else() -> None:
    claim, path = shown()
    order: SellerOrder = claim.seller_order
    mine, sell, ops = photos_url(claim)[:-7], f"/en/sell/claims/{claim.number}/", f"/en/ops/claims/{claim.number}/"
    seller, officer = make_member(order.enterprise, role="viewer"), make_officer(order.enterprise.unit)
    assert order.purchase.buyer is not None
    there = 200 if isinstance(default_storage, FileSystemStorage) else 302

    for base, user in ((mine, order.purchase.buyer), (sell, seller), (ops, officer)):
        answer = signed_in(user).get(base + path)
        assert answer.status_code == there
        assert content_of(answer).startswith(b"RIFF")
    strangers = (make_user(), make_member(make_enterprise()), make_officer(make_regiment()))
    for base in (mine, sell, ops):
        for stranger in strangers:
            assert is_refused(signed_in(stranger).get(base + path))
        assert is_refused(Client().get(base + path))
    assert Client().get(f"/media/claims/{claim.number}/{claim.photos[0]}-small.webp").status_code == 404
    assert f"{path}" in signed_in(officer).get(ops).content.decode()


@pytest.mark.parametrize("path", ["photos/0/small/", "photos/{key}/huge/", "photos/..%2F..%2Fdb/small/"])
def test_what_is_no_photo_of_the_claim_is_not_there(path: str) -> None:
    claim, _path = shown()
    other = make_claim(make_delivered((make_variant(on_hand=50), 40), user=claim.seller_order.purchase.buyer))
    assert claim.seller_order.purchase.buyer is not None
    client = signed_in(claim.seller_order.purchase.buyer)

    assert client.get(photos_url(claim)[:-7] + path.format(key=claim.photos[0])).status_code == 404
    assert client.get(f"{photos_url(other)}{claim.photos[0]}/small/").status_code == 404
