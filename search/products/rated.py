"""Whether anything has been reviewed at all: a marketplace that begins does not pay for a bonus nobody can get."""

from catalog.products.models import Product
from market.common.kept import Kept

_rated = Kept(lambda: Product.objects.filter(rating_count__gt=0).exists(), seconds=60)


def is_any_rated() -> bool:
    """From memory; a first review shows within a minute."""
    return _rated.get()
