"""Photos of a claim: the buyer's program adds them, both sides' programs read them."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, UploadedFile

from market.api.access import seller_of
from market.api.buying import purchase_of
from market.api.claim_answers import ClaimSeen, seen_claim
from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError
from market.common.private_files import private_file
from orders.actions.add_claim_photos import add_claim_photos
from orders.claims.errors import TooManyPhotos
from orders.claims.models import Claim
from orders.claims.photos import MOST_PHOTOS, Photo, photo_name, render_upload
from orders.claims.queries import one_of, whole_claims

router = Router(tags=["claims"])
Size = Literal["small", "large"]


@router.post("/purchases/{number}/claims/{claim_number}/photos", url_name="claim_photos", response=ClaimSeen)
def post_photos(
    request: HttpRequest, number: str, claim_number: str, photos: Annotated[list[UploadedFile], File()]
) -> dict[str, Any]:
    """A form with one or more `photos`: JPEG, PNG or WebP, up to 10 MB each, at most six to a claim. All of them or
    none are added, while the claim is open; one that stands there already is not added again: safe to send again."""
    claim = one_of(_bought(request, number), claim_number)
    if len(photos) > MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    rendered: list[Photo] = []
    wrong: dict[str, str] = {}
    for place, file in enumerate(photos):
        try:
            rendered.append(render_upload(file))
        except MarketError as error:
            wrong[f"photos.{place}"] = error.message
    if wrong:
        raise InvalidInput(fields=wrong)
    add_claim_photos(claim, rendered)
    return seen_claim(whole_claims().get(pk=claim.pk))


@router.get("/purchases/{number}/claims/{claim_number}/photos/{key}", url_name="claim_photo", response=bytes)
def get_photo(request: HttpRequest, number: str, claim_number: str, key: str, size: Size = "large") -> HttpResponse:
    """WebP, 320 or 1,200 pixels wide at most; or a redirect to where it lies, for half an hour."""
    return _photo(one_of(_bought(request, number), claim_number), key, size)


@router.get("/seller/claims/{number}/photos/{key}", url_name="seller_claim_photo", response=bytes)
def get_sellers_photo(request: HttpRequest, number: str, key: str, size: Size = "large") -> HttpResponse:
    """As for the buyer."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    return _photo(one_of(Claim.objects.for_enterprise(enterprise.pk), number), key, size)


def _bought(request: HttpRequest, number: str) -> Any:
    return Claim.objects.filter(seller_order__purchase=purchase_of(request, number))


def _photo(claim: Claim, key: str, size: Size) -> HttpResponse:
    return private_file(photo_name(claim, key, size), "image/webp")
