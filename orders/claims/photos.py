"""Photos of a claim: two renderings of each in the store, without what the camera wrote into them. They have no address
but on the pages of the claim, for those who may read it."""

import hashlib
from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from catalog.products.errors import BadPicture
from catalog.products.thumbnails import UnreadablePictureError, render_thumbnails
from market.common.errors import NotFound
from orders.claims.models import Claim

MAX_BYTES = 10 * 1024 * 1024
MOST_PHOTOS = 6
WIDTHS: Final = (320, 1200)
SIZES: Final = ("small", "large")


@dataclass(frozen=True)
class Photo:
    """WebP, ready to be kept. `key`: of what was handed in, so that the same photo is never kept twice."""

    key: str
    small: bytes
    large: bytes


def render_photo(raw: bytes, name: str) -> Photo:
    """Raises BadPicture with the file's name."""
    if len(raw) > MAX_BYTES:
        raise BadPicture(name=name)
    try:
        renderings = list(render_thumbnails(raw, WIDTHS).values())
    except UnreadablePictureError as error:
        raise BadPicture(name=name) from error
    return Photo(hashlib.sha256(raw).hexdigest()[:32], renderings[0], renderings[-1])


def render_upload(file: "UploadedFile[bytes]") -> Photo:
    """Too large a one is refused unread. Raises BadPicture with the file's name."""
    name = file.name or "–"
    if file.size is None or file.size > MAX_BYTES:
        raise BadPicture(name=name)
    return render_photo(bytes(file.read()), name)


def keep_photo(claim: Claim, photo: Photo) -> None:
    """Into the store; a second time changes nothing."""
    for size, content in zip(SIZES, (photo.small, photo.large), strict=True):
        name = _name(claim, photo.key, size)
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))


def photo_name(claim: Claim, key: str, size: str) -> str:
    """Where it stands in the store. Raises NotFound for a photo that is not this claim's."""
    if key not in claim.photos or size not in SIZES:
        raise NotFound()
    return _name(claim, key, size)


def _name(claim: Claim, key: str, size: str) -> str:
    return f"claims/{claim.number}/{key}-{size}.webp"
