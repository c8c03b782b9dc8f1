"""Photos of claims over the API: added by the buyer's program, read by both sides', by nobody else's."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.api.root import api
from orders.actions.react_to_claim import withdraw_claim
from orders.claims.models import Claim
from orders.claims.photos import MAX_BYTES
from tests.builders import make_enterprise, make_user
from tests.market.api.keys import key_for
from tests.market.api.test_buying_claims import buyers_key, code, get, secret_of, wrong_fields
from tests.market.storefront.test_claim_photos import content_of, picture
from tests.orders.claims import ARRIVED, make_claim, make_delivered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.api.claim_photos.read_clock", lambda: ARRIVED)


def hand_in(claim: Claim, headers: dict[str, str], *files: bytes) -> Any:
    path = f"/api/v1/purchases/{claim.seller_order.purchase.number}/claims/{claim.number}/photos"
    uploads = [SimpleUploadedFile(f"{place}.jpg", raw, "image/jpeg") for place, raw in enumerate(files)]
    return Client().post(path, {"photos": uploads}, headers=headers)


def read(path: str, headers: dict[str, str], size: str = "large") -> Any:
    return get(f"{path.removeprefix('/api/v1')}?size={size}", headers)


def test_photos_handed_in_twice_stand_once_and_both_sides_read_them() -> None:
    claim = make_claim(make_delivered())
    mine, sellers = secret_of(claim.seller_order), key_for(claim.seller_order.enterprise, "orders:read", role="finance")

    answers = [hand_in(claim, mine, picture(), picture("green")) for _ in range(2)]
    seen = get(f"/seller/claims/{claim.number}", sellers).json()["photos"]

    assert [answer.status_code for answer in answers] == [200, 200]
    photos = answers[1].json()["photos"]
    assert answers[0].json()["photos"] == photos
    assert len(photos) == len(seen) == 2
    for path, headers in ((photos[0], mine), (seen[0], sellers)):
        small, large = (content_of(read(path, headers, size)) for size in ("small", "large"))
        assert small[8:12] == large[8:12] == b"WEBP"
        assert read(path, headers, "huge").status_code == 422


def test_for_everybody_else_they_do_not_exist() -> None:
    claim = make_claim(make_delivered())
    other = make_claim(make_delivered())
    (path,) = hand_in(claim, secret_of(claim.seller_order), picture()).json()["photos"]
    key = path.rsplit("/", 1)[1]
    stranger = key_for(make_enterprise(), "orders:read", role="finance")
    elsewhere = path.replace(claim.number, other.number).replace(
        claim.seller_order.purchase.number, other.seller_order.purchase.number
    )

    assert read(path, buyers_key(make_user())).status_code == 404
    assert read(path, secret_of(other.seller_order)).status_code == 404
    assert read(elsewhere, secret_of(other.seller_order)).status_code == 404
    assert read(f"/seller/claims/{claim.number}/photos/{key}", stranger).status_code == 404
    assert hand_in(claim, secret_of(other.seller_order), picture("blue")).status_code == 404
    claim.refresh_from_db()
    assert claim.photos == [key]


def test_all_or_none_are_taken_and_what_is_no_photo_is_named() -> None:
    claim = make_claim(make_delivered())
    mine = secret_of(claim.seller_order)
    colours = ("red", "green", "blue", "white", "black", "grey", "pink")

    bad = hand_in(claim, mine, picture(), b"no picture", b"x" * (MAX_BYTES + 1))

    assert wrong_fields(bad) == ["photos.1", "photos.2"]
    assert code(hand_in(claim, mine, *map(picture, colours))) == (422, "too_many_photos")
    assert hand_in(claim, mine).status_code == 422
    hand_in(claim, mine, *map(picture, colours[:5]))
    assert code(hand_in(claim, mine, *map(picture, colours[5:]))) == (422, "too_many_photos")
    withdraw_claim(claim, now=ARRIVED)
    assert hand_in(claim, mine, picture("grey")).status_code == 409
    claim.refresh_from_db()
    assert len(claim.photos) == 5


def test_a_key_that_only_reads_adds_none_and_reading_costs_few_statements() -> None:
    claim = make_claim(make_delivered())
    buyer = claim.seller_order.purchase.buyer = make_user()
    claim.seller_order.purchase.save()
    assert hand_in(claim, buyers_key(buyer, "orders:read"), picture()).status_code == 403
    (path,) = hand_in(claim, buyers_key(buyer), picture()).json()["photos"]
    reader = buyers_key(buyer, "orders:read")

    with CaptureQueriesContext(connection) as statements:
        answer = read(path, reader)

    assert content_of(answer)
    assert len(statements) <= 4


def test_description_says_that_a_photo_is_a_picture() -> None:
    paths = api.get_openapi_schema()["paths"]
    answers = [facts["get"]["responses"][200]["content"] for path, facts in paths.items() if path.endswith("/{key}")]

    assert [list(content) for content in answers] == [["image/webp"]] * 2
