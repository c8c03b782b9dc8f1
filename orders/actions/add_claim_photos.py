"""A buyer shows what is wrong with the goods."""

from collections.abc import Sequence

from django.db import transaction

from market.common.errors import IllegalMove
from orders.actions.settle_claim import lock_claim
from orders.claims.errors import TooManyPhotos
from orders.claims.models import Claim
from orders.claims.photos import MOST_PHOTOS, Photo, keep_photo


def add_claim_photos(claim: Claim, photos: Sequence[Photo]) -> int:
    """While the claim is open. Effects: the files first, while no row is locked, then all their keys on the claim, or
    none. Returns how many are new; one it has already is not added again. The caller knows that the claim is this
    buyer's.

    Raises IllegalMove when the claim has ended, TooManyPhotos.
    """
    for photo in photos:
        keep_photo(claim, photo)
    with transaction.atomic():
        row, _lines = lock_claim(claim)
        if not row.is_open:
            raise IllegalMove(current=row.get_state_display(), wanted="photos")
        new = [key for key in dict.fromkeys(photo.key for photo in photos) if key not in row.photos]
        if len(row.photos) + len(new) > MOST_PHOTOS:
            raise TooManyPhotos(most=MOST_PHOTOS)
        row.photos = [*row.photos, *new]
        row.save(update_fields=["photos"])
    return len(new)
